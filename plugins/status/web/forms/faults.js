// @ts-check
import { variantOf } from './model.js'
import { isMap, ownValue } from './values.js'

/**
 * What can be said about a value before anybody is asked: only what the schema itself states, its bounds and its
 * patterns. Names, addresses and what does not fit together are judged by the server, with the code that runs.
 *
 * @typedef {import('./values.js').Path} Path
 * @typedef {{ readonly kind: 'missing' | 'notANumber' | 'notWhole' | 'pattern' | 'unknownChoice' }
 *   | { readonly kind: 'range', readonly least?: number, readonly most?: number, readonly unit?: import('./model.js').Unit }
 *   | { readonly kind: 'tooLong', readonly most: number }} Fault
 * @typedef {{ readonly path: Path, readonly fault: Fault }} FaultAt
 */

/**
 * @param {import('./model.js').Model} model
 * @param {unknown} value
 * @param {Path} [path] Where it stands.
 * @returns {FaultAt[]}
 */
export function faultsOf(model, value, path = []) {
  if (value === undefined) return model.isRequired ? [{ path, fault: { kind: 'missing' } }] : []
  switch (model.kind) {
    case 'number':
      return one(path, numberFault(model, value))
    case 'text':
      return one(path, textFault(model, value))
    case 'choice':
      return one(path, model.options.includes(String(value)) ? undefined : { kind: 'unknownChoice' })
    case 'lines':
      return lineFaults(model, value, path)
    case 'items':
      return Array.isArray(value)
        ? value.flatMap((item, at) => faultsOf(model.item, item, [...path, at]))
        : []
    case 'map':
      return mapFaults(model, value, path)
    case 'group':
      return isMap(value)
        ? Object.entries(model.fields).flatMap(([key, field]) =>
            faultsOf(field, ownValue(value, key), [...path, key]),
          )
        : []
    case 'variants':
      return faultsOf(variantOf(model, value).model, value, path)
    default:
      return []
  }
}

/** @param {Path} path @param {Fault | undefined} fault @returns {FaultAt[]} */
const one = (path, fault) => (fault ? [{ path, fault }] : [])

/** @param {import('./model.js').NumberModel} model @param {unknown} value @returns {Fault | undefined} */
function numberFault({ isWhole, least, most, unit }, value) {
  if (value === '') return { kind: 'missing' }
  if (typeof value !== 'number' || !Number.isFinite(value)) return { kind: 'notANumber' }
  if (isWhole && !Number.isInteger(value)) return { kind: 'notWhole' }
  if (value >= (least ?? -Infinity) && value <= (most ?? Infinity)) return undefined
  return {
    kind: 'range',
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
    ...(unit === undefined ? {} : { unit }),
  }
}

/** @param {import('./model.js').TextModel} model @param {unknown} value @returns {Fault | undefined} */
function textFault({ minLength, maxLength, pattern }, value) {
  if (typeof value !== 'string') return undefined
  if (value.length < minLength) return { kind: 'missing' }
  // Whether nothing at all is a form that fits is for the server to say.
  if (value === '') return undefined
  if (maxLength !== undefined && value.length > maxLength) return { kind: 'tooLong', most: maxLength }
  return pattern !== undefined && !new RegExp(pattern, 'u').test(value) ? { kind: 'pattern' } : undefined
}

/** @param {import('./model.js').LinesModel} model @param {unknown} value @param {Path} path @returns {FaultAt[]} */
function lineFaults(model, value, path) {
  if (!Array.isArray(value)) {
    return value === '' && model.minItems > 0
      ? one(path, { kind: 'missing' })
      : faultsOf(model.item, value, path)
  }
  if (value.length < model.minItems) return one(path, { kind: 'missing' })
  return value.flatMap((line, at) => faultsOf(model.item, line, [...path, at]))
}

/** @param {import('./model.js').MapModel} model @param {unknown} value @param {Path} path @returns {FaultAt[]} */
function mapFaults(model, value, path) {
  if (!isMap(value)) return []
  const keys = model.keyPattern === undefined ? undefined : new RegExp(model.keyPattern, 'u')
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(keys && !keys.test(key) ? one([...path, key], { kind: 'pattern' }) : []),
    ...faultsOf(model.value, inner, [...path, key]),
  ])
}
