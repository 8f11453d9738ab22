// @ts-check
/**
 * Settings as plain values: maps, arrays, text, numbers, booleans. Nothing here changes what it is given.
 *
 * @typedef {readonly (string | number)[]} Path
 * @typedef {Readonly<Record<string, unknown>>} ValueMap
 */

/** One name for a path, to be compared and used as a key. @param {Path} path */
export const pathKey = (path) => JSON.stringify(path)

/** Whether `path` is `start` or lies below it. @param {Path} path @param {Path} start */
export function isWithin(path, start) {
  return start.length <= path.length && start.every((step, index) => step === path[index])
}

/** @param {unknown} value @returns {value is ValueMap} */
export function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Deep equality; the order of keys does not count, that of arrays does.
 *
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function isEqual(a, b) {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]))
  }
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  )
}

/** Only what the map itself holds: `constructor` is a name like others. @param {ValueMap} map @param {string} key */
export function ownValue(map, key) {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/**
 * The value at `path`, undefined when there is none.
 *
 * @param {unknown} values
 * @param {Path} path
 * @returns {unknown}
 */
export function valueAt(values, path) {
  return path.reduce((/** @type {unknown} */ value, step) => {
    if (Array.isArray(value)) return value[Number(step)]
    return isMap(value) ? ownValue(value, String(step)) : undefined
  }, values)
}

/**
 * A copy with `value` at `path`; maps on the way are made when they are missing. `undefined` takes the key, or the
 * item of an array, away.
 *
 * @param {unknown} values
 * @param {Path} path
 * @param {unknown} value
 * @returns {unknown}
 */
export function withValue(values, path, value) {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(values)) {
    if (rest.length === 0 && value === undefined) return values.filter((_, index) => index !== step)
    const copy = [...values]
    copy[Number(step)] = withValue(copy[Number(step)], rest, value)
    return copy
  }
  // Entries are copied and never assigned: __proto__ is a key like others.
  const entries = isMap(values) ? Object.entries(values) : []
  const at = entries.findIndex(([key]) => key === String(step))
  // What is not there need not be taken away.
  if (at === -1 && value === undefined) return values
  const inner = withValue(entries[at]?.[1], rest, value)
  if (inner === undefined) return Object.fromEntries(entries.filter((_, index) => index !== at))
  return Object.fromEntries(
    at === -1 ? [...entries, [String(step), inner]] : entries.with(at, [String(step), inner]),
  )
}

/** A copy of the map with the key set, or without it. @param {ValueMap} map @param {string} key @param {unknown} value */
export const withKey = (map, key, value) => /** @type {ValueMap} */ (withValue(map, [key], value))
