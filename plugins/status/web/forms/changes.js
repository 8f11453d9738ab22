// @ts-check
import { isEqual, isMap, isWithin, ownValue, valueAt, withValue } from './values.js'

/**
 * What an editor changed, as the API takes it. Without `value` the key is taken away, and its default counts.
 *
 * @typedef {import('./values.js').Path} Path
 * @typedef {{ readonly path: Path, readonly value?: unknown }} Change
 */

/**
 * The changes that lead from `before` to `after`, as small as they can be: comments of the file that stand beside
 * untouched lines stay, and changes of others nearby do not collide. Arrays change as a whole: which item became
 * which is not for us to guess.
 *
 * @param {unknown} before
 * @param {unknown} after
 * @param {Path} [path]
 * @returns {Change[]}
 */
export function differences(before, after, path = []) {
  if (isEqual(before, after)) return []
  if (after === undefined) return [{ path }]
  if (!isMap(before) || !isMap(after)) return [{ path, value: after }]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const isOtherForm = isFilled(before) && isFilled(after) && keys.every((key) => !inBoth(key, before, after))
  if (isOtherForm) return [{ path, value: after }]
  return keys.flatMap((key) => differences(ownValue(before, key), ownValue(after, key), [...path, key]))
}

/** @param {import('./values.js').ValueMap} map */
const isFilled = (map) => Object.keys(map).length > 0

/** @param {string} key @param {object} a @param {object} b */
const inBoth = (key, a, b) => Object.hasOwn(a, key) && Object.hasOwn(b, key)

/** @param {unknown} values @param {readonly Change[]} changes */
export function applyChanges(values, changes) {
  return changes.reduce((result, { path, value }) => withValue(result, path, value), values)
}

/**
 * The changes after `value` was entered at `path`; an entry that restores what is in force takes its change away.
 *
 * @param {unknown} base Values in force.
 * @param {readonly Change[]} changes
 * @param {Path} path
 * @param {unknown} value
 * @returns {Change[]}
 */
export function edit(base, changes, path, value) {
  const above = changes.find((change) => change.path.length < path.length && isWithin(path, change.path))
  if (above) {
    return edit(base, changes, above.path, withValue(above.value, path.slice(above.path.length), value))
  }
  return [...undo(changes, path), ...differences(valueAt(base, path), value, path)]
}

/**
 * Changes without those at `path` and below it.
 *
 * @param {readonly Change[]} changes
 * @param {Path} path
 */
export const undo = (changes, path) => changes.filter((change) => !isWithin(change.path, path))

/** Whether something at `path` or below it was changed. @param {readonly Change[]} changes @param {Path} path */
export const isChanged = (changes, path) => changes.some((change) => isWithin(change.path, path))

/**
 * Two people changed the same settings: `free` can be carried over, `same` both did alike, `collides` somebody has
 * to choose.
 *
 * @typedef {{ readonly change: Change, readonly kind: 'free' | 'same' | 'collides', readonly theirs: unknown }} Meeting
 *
 * @param {unknown} current What is in force now.
 * @param {readonly Change[]} mine
 * @param {readonly Change[]} mergeable What the server can carry over.
 * @returns {Meeting[]}
 */
export function meetings(current, mine, mergeable) {
  return mine.map((change) => {
    const theirs = valueAt(current, change.path)
    if (isEqual(theirs, change.value)) return { change, kind: 'same', theirs }
    const isFree = mergeable.some((other) => isEqual(other.path, change.path))
    return { change, kind: isFree ? 'free' : 'collides', theirs }
  })
}
