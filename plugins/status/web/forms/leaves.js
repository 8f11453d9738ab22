// @ts-check
import { modelAt } from './model.js'

/**
 * The settings that a form shows one by one: fields of groups, everything else as a whole. A group that may be left
 * out is one setting.
 *
 * @param {import('./model.js').Model} root
 * @param {import('./values.js').Path} path
 * @returns {import('./values.js').Path[]}
 */
export function leavesOf(root, path) {
  const model = modelAt(root, path)
  if (model?.kind !== 'group' || model.standard === undefined) return [path]
  return Object.keys(model.fields).flatMap((key) => leavesOf(root, [...path, key]))
}
