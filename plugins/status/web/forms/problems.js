// @ts-check
import { modelAt } from './model.js'
import { isWithin, pathKey } from './values.js'
import { faultText } from './words.js'

/**
 * All that is wrong with the draft, in words: what the schema says, and what the gateway said when it was last asked.
 *
 * @param {import('../draft.js').Draft} draft
 * @returns {import('../draft.js').Problem[]}
 */
export function problemsOf(draft) {
  const faults = draft.faults().map(({ path, fault }) => ({
    path,
    message: faultText(fault, modelAt(draft.model(), path)),
  }))
  const told = new Set(faults.map(({ path }) => pathKey(path)))
  return [...faults, ...draft.errors().filter(({ path }) => !told.has(pathKey(path)))]
}

/**
 * Those at `path` and below it, with paths that start there.
 *
 * @param {import('../draft.js').Draft} draft
 * @param {import('./values.js').Path} path
 */
export const problemsBelow = (draft, path) =>
  problemsOf(draft)
    .filter((problem) => isWithin(problem.path, path))
    .map((problem) => ({ ...problem, path: problem.path.slice(path.length) }))
