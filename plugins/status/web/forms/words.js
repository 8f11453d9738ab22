// @ts-check
/**
 * Settings in the reader's words: names, help, bounds, values and faults.
 *
 * @typedef {import('./model.js').Model} Model
 * @typedef {readonly string[]} TextPath A path with `*` where the operator chooses the key.
 */
import { formatNumber } from '../format.js'
import { hasText, language, t, useTexts } from '../texts.js'
import { form } from '../texts/form.js'
import { settings } from '../texts/settings.js'
import { modelAt } from './model.js'
import { textPath } from './text-path.js'
import { roundTime, sizeText } from './units.js'
import { isEqual, isMap } from './values.js'

useTexts(form)
useTexts(settings)

const LIST_SECTIONS = new Set(['ip_blocklists', 'ip_allowlists', 'domain_blocklists', 'uri_blocklists'])

/** Of mark_from.template: they are spoken of, not filled in. */
const templateFields = { name: '{name}', domain: '{domain}' }

/** Options of lists are the same in every section. @param {TextPath} path */
function keyOf(path) {
  const [section = '', provider = '', ...option] = path
  if (section === 'providers' && path.length === 2) return `settings.list.of.${provider}`
  if (!LIST_SECTIONS.has(section) || path.length === 1) return `settings.${path.join('.')}`
  if (option.length === 0) return `settings.list.of.${provider}`
  // Below the `*` of the entry.
  return `settings.list.${option.slice(1).join('.')}`
}

/** @param {TextPath} path */
export function nameOf(path) {
  const key = keyOf(path)
  return hasText(key) ? t(key) : (path.at(-1) ?? '').replaceAll('_', ' ')
}

/** What it does; what has no text yet is explained by the schema, in English. @param {Model} model @param {TextPath} path */
export function helpOf(model, path) {
  const key = `${keyOf(path)}.help`
  if (hasText(key)) return t(key, templateFields)
  const { description = '' } = model
  return hasText(keyOf(path)) || description === '' ? '' : description.replace(/[^.]$/, '$&.')
}

/** @param {TextPath} path @param {string} option */
export function optionText(path, option) {
  const key = `${keyOf(path)}.${option}`
  return hasText(key) ? t(key) : option
}

/**
 * Where a setting stands, for people: `Domains and next hops`, `example.com`, `Port`.
 *
 * @param {Model} model Of all settings.
 * @param {import('./values.js').Path} path
 */
export const crumbsOf = (model, path) =>
  path.map((step, at) => {
    const texts = textPath(model, path.slice(0, at + 1))
    if (texts.at(-1) !== '*') return nameOf(texts)
    if (typeof step !== 'number') return step
    const isLine = modelAt(model, path.slice(0, at))?.kind === 'lines'
    return isLine ? t('form.lineName', { n: step + 1 }) : t('form.entry', { n: step + 1 })
  })

/** Its default and its bounds. @param {Model} model @param {TextPath} path */
export function factsOf(model, path) {
  const parts = []
  const isWorthTelling = !['group', 'map', 'items'].includes(model.kind)
  if (isWorthTelling && model.standard !== undefined) {
    parts.push(t('form.default', { value: valueText(model, model.standard, path) }))
  }
  if (model.kind === 'number') parts.push(boundsText(model, false))
  if (model.kind === 'text' && model.maxLength !== undefined) {
    parts.push(t('form.maxLength', { count: model.maxLength }))
  }
  if (model.kind === 'number' && model.unit === 'bytes') parts.push(t('form.sizeHint'))
  return parts.filter((part) => part !== '').join(' ')
}

/**
 * @param {{ least?: number, most?: number, unit?: import('./model.js').Unit }} bounds
 * @param {boolean} isFault Whether they were overstepped.
 */
function boundsText({ least, most, unit }, isFault) {
  const text = (/** @type {number} */ value) => numberText(value, unit)
  if (least !== undefined && most !== undefined) {
    // `1 to 30 days`; but `1 KiB to 1 GiB`.
    const isOneUnit = unit !== 'bytes' && unit !== 'seconds'
    const bounds = { least: isOneUnit ? formatNumber(least) : text(least), most: text(most) }
    return isFault ? t('form.faultBetween', bounds) : t('form.between', bounds)
  }
  if (least !== undefined) {
    const bound = { least: text(least) }
    return isFault ? t('form.faultAtLeast', bound) : t('form.atLeast', bound)
  }
  if (most === undefined) return ''
  const bound = { most: text(most) }
  return isFault ? t('form.faultAtMost', bound) : t('form.atMost', bound)
}

/** `300 seconds (5 minutes)`, `25 MiB`. @param {number} value @param {import('./model.js').Unit} [unit] */
export function numberText(value, unit) {
  if (unit === undefined) return formatNumber(value)
  if (unit === 'bytes') return sizeText(value)
  const plain = `${formatNumber(value)} ${t(`form.unit_${unit}`)}`
  if (unit !== 'seconds') return plain
  const [count, name] = roundTime(value)
  return name === 'second' ? plain : `${plain} (${timeText(count, name)})`
}

/** @param {number} count @param {import('./units.js').TimeUnit} unit */
export const timeText = (count, unit) =>
  new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'long' }).format(count)

/** A value in one line, for defaults and lists of changes. @param {Model | undefined} model @param {unknown} value @param {TextPath} path @returns {string} */
export function valueText(model, value, path) {
  if (value === undefined) return t('form.none')
  if (value === '') return model?.kind === 'text' ? t('form.none') : t('form.empty')
  if (typeof value === 'boolean') return value ? t('form.on') : t('form.off')
  if (typeof value === 'number') {
    if (model?.kind === 'number') return numberText(value, model.unit)
    // Ports and the like are names, not amounts.
    return String(value)
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return t('form.none')
    const separator = value.some(isMap) ? '; ' : ', '
    return value.map((item) => itemText(model, item, path)).join(separator)
  }
  if (isMap(value)) {
    const entries = Object.entries(value)
    if (entries.length === 0) return t('form.none')
    return entries.map(([key, inner]) => `${key}: ${valueText(undefined, inner, path)}`).join(', ')
  }
  return model?.kind === 'choice' ? optionText(path, String(value)) : String(value)
}

/** @param {Model | undefined} model @param {unknown} item @param {TextPath} path */
const itemText = (model, item, path) =>
  model?.kind === 'choices' ? optionText(path, String(item)) : valueText(undefined, item, path)

/**
 * What became of a list: what was added and what was removed, where that is all that happened.
 *
 * @param {Model | undefined} model
 * @param {unknown} before
 * @param {unknown} after
 * @param {TextPath} path
 * @returns {{ readonly added: readonly string[], readonly removed: readonly string[] } | undefined}
 */
export function listChange(model, before, after, path) {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined
  const added = after.filter((item) => !before.some((other) => isEqual(item, other)))
  const removed = before.filter((item) => !after.some((other) => isEqual(item, other)))
  if (added.length + removed.length === 0) return undefined
  const text = (/** @type {unknown} */ item) => itemText(model, item, path)
  return { added: added.map(text), removed: removed.map(text) }
}

/** @param {import('./faults.js').Fault} fault @param {Model | undefined} model */
export function faultText(fault, model) {
  switch (fault.kind) {
    case 'range':
      return boundsText(fault, true)
    case 'tooLong':
      return t('form.faultTooLong', { most: fault.most })
    case 'notANumber':
      return model?.kind === 'number' && model.unit === 'bytes'
        ? t('form.faultNotASize')
        : t('form.fault_notANumber')
    default:
      return t(`form.fault_${fault.kind}`)
  }
}
