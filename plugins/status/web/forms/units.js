// @ts-check
/** Numbers with units, as people write them: sizes as `25 MiB`, times as `5 min`. */

/** @type {readonly (readonly [string, number])[]} */
const byteSteps = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
]

/** The shortest exact form: `25 MiB`, `1536 KiB`, `26214401 bytes`. @param {number} bytes */
export function sizeText(bytes) {
  const [unit, step] = byteSteps.find(([, size]) => bytes >= size && bytes % size === 0) ?? ['bytes', 1]
  return `${bytes / step} ${unit}`
}

/**
 * Bytes; undefined when it is no size. k, m, g and t are powers of 1024, with or without `iB` or `B`; a comma may
 * stand for the point.
 *
 * @param {string} text
 */
export function parseSize(text) {
  const [, number, unit] = /^(\d+(?:[.,]\d+)?)\s*(?:([kmgt])(?:i?b)?|b|bytes?)?$/i.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  const step = byteSteps.find(([name]) => name.startsWith(unit?.toUpperCase() ?? 'bytes'))?.[1] ?? 1
  return Math.round(Number(number.replace(',', '.')) * step)
}

/** @typedef {'day' | 'hour' | 'minute' | 'second'} TimeUnit */

/** `300` seconds as [5, 'minute']: the largest unit that comes out even. @param {number} seconds @returns {readonly [number, TimeUnit]} */
export function roundTime(seconds) {
  /** @type {readonly (readonly [TimeUnit, number])[]} */
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]
  const [unit, step] = steps.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['second', 1]
  return [seconds / step, /** @type {TimeUnit} */ (unit)]
}

/** A number as it is typed, with a comma or a point; undefined when it is none. @param {string} text */
export function parseNumber(text) {
  const plain = text.trim().replace(',', '.')
  return /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : undefined
}
