// @ts-check
import { isEqual, isMap, ownValue } from './values.js'

/**
 * What a form has to know about a value, read from the JSON schema of the settings.
 *
 * @typedef {'bytes' | 'seconds' | 'ms' | 'hours' | 'days' | 'points'} Unit
 *
 * @typedef {object} Facts
 * @property {string} [description] In English, as the schema has it.
 * @property {unknown} [standard] Its default; without one the value may be left out, or must not.
 * @property {boolean} isRequired In the map it stands in.
 *
 * @typedef {Facts & { kind: 'boolean' }} BooleanModel
 * @typedef {Facts & { kind: 'number', isWhole: boolean, least?: number, most?: number, unit?: Unit }} NumberModel
 * @typedef {Facts & { kind: 'text', minLength: number, maxLength?: number, pattern?: string }} TextModel
 * @typedef {Facts & { kind: 'choice', options: readonly string[] }} ChoiceModel
 * @typedef {Facts & { kind: 'choices', options: readonly string[] }} ChoicesModel Several of the options.
 * @typedef {Facts & { kind: 'lines', item: NumberModel | TextModel, minItems: number, isBareAllowed: boolean }} LinesModel
 *   An array of simple values; `isBareAllowed`: a single one may stand without the array.
 * @typedef {Facts & { kind: 'items', item: Model }} ItemsModel An array of maps.
 * @typedef {Facts & { kind: 'map', keyPattern?: string, value: Model }} MapModel Keys that the operator chooses.
 * @typedef {Facts & { kind: 'group', fields: Readonly<Record<string, Model>> }} GroupModel Keys that the schema knows.
 * @typedef {Facts & { kind: 'variants', variants: readonly Variant[] }} VariantsModel One of several forms.
 * @typedef {{ readonly id: string, readonly model: Model }} Variant
 * @typedef {BooleanModel | NumberModel | TextModel | ChoiceModel | ChoicesModel | LinesModel | ItemsModel | MapModel
 *   | GroupModel | VariantsModel} Model
 *
 * @typedef {object} Schema JSON schema, as far as ours goes.
 * @property {string} [type]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown} [const]
 * @property {readonly string[]} [enum]
 * @property {readonly Schema[]} [anyOf]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {string} [pattern]
 * @property {Schema} [items]
 * @property {number} [minItems]
 * @property {Readonly<Record<string, Schema>>} [properties]
 * @property {readonly string[]} [required]
 * @property {Schema} [propertyNames]
 * @property {Schema | boolean} [additionalProperties]
 */

/** @type {readonly Unit[]} */
const units = ['bytes', 'seconds', 'ms', 'hours', 'days', 'points']

/** @param {Schema} schema @param {boolean} [isRequired] @returns {Model} */
export function modelOf(schema, isRequired = false) {
  /** @type {Facts} */
  const facts = {
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...(Object.hasOwn(schema, 'default') ? { standard: schema.default } : {}),
    isRequired,
  }
  if (schema.anyOf) return unionModel(schema.anyOf, facts)
  if (schema.enum) return { kind: 'choice', options: schema.enum, ...facts }
  switch (schema.type) {
    case 'boolean':
      return { kind: 'boolean', ...facts }
    case 'integer':
    case 'number':
      return numberModel(schema, facts)
    case 'array':
      return arrayModel(schema, facts)
    case 'object':
      return schema.properties ? groupModel(schema, facts) : mapModel(schema, facts)
    default:
      return textModel(schema, facts)
  }
}

/** @param {Schema} schema @param {Facts} facts @returns {NumberModel} */
function numberModel(schema, facts) {
  // By convention a description begins with the unit: "seconds between tests".
  const unit = units.find((name) => schema.description?.split(/\W/, 1)[0] === name)
  return {
    kind: 'number',
    isWhole: schema.type === 'integer',
    ...(isBound(schema.minimum) ? { least: schema.minimum } : {}),
    ...(isBound(schema.maximum) ? { most: schema.maximum } : {}),
    ...(unit === undefined ? {} : { unit }),
    ...facts,
  }
}

/** What a double holds exactly is no bound worth telling. @param {number | undefined} limit @returns {limit is number} */
const isBound = (limit) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER

/** @param {Schema} schema @param {Facts} facts @returns {TextModel} */
function textModel({ minLength = 0, maxLength, pattern }, facts) {
  return {
    kind: 'text',
    minLength,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
    ...facts,
  }
}

/** @param {Schema} schema @param {Facts} facts @returns {Model} */
function arrayModel({ items = {}, minItems = 0 }, facts) {
  const item = modelOf(items, true)
  if (item.kind === 'choice') return { kind: 'choices', options: item.options, ...facts }
  if (item.kind === 'text' || item.kind === 'number') {
    return { kind: 'lines', item, minItems, isBareAllowed: false, ...facts }
  }
  return { kind: 'items', item, ...facts }
}

/** @param {Schema} schema @param {Facts} facts @returns {GroupModel} */
function groupModel({ properties = {}, required = [] }, facts) {
  const fields = Object.entries(properties).map(([key, inner]) => [
    key,
    modelOf(inner, required.includes(key)),
  ])
  return { kind: 'group', fields: Object.fromEntries(fields), ...facts }
}

/** @param {Schema} schema @param {Facts} facts @returns {MapModel} */
function mapModel({ propertyNames, additionalProperties }, facts) {
  const keyPattern = propertyNames?.pattern
  return {
    kind: 'map',
    ...(keyPattern === undefined ? {} : { keyPattern }),
    value: modelOf(typeof additionalProperties === 'object' ? additionalProperties : {}, true),
    ...facts,
  }
}

/** @param {readonly Schema[]} options @param {Facts} facts @returns {Model} */
function unionModel(options, facts) {
  const models = options.map((option) => modelOf(option, true))
  const last = models.at(-1)
  // `''` or a name: a text that may be empty. What names are right is for the server to say.
  if (last?.kind === 'text' && models.every(({ kind }) => kind === 'text')) {
    const mayBeEmpty = options.some((option) => option.const === '')
    return { ...last, minLength: mayBeEmpty ? 0 : last.minLength, ...facts }
  }
  const lines = models.find((model) => model.kind === 'lines')
  if (lines && models.every((model) => model === lines || model.kind === lines.item.kind)) {
    return { ...lines, isBareAllowed: true, ...facts }
  }
  return { kind: 'variants', variants: models.map((model) => ({ id: variantId(model), model })), ...facts }
}

/** Maps are told apart by the key that they cannot do without. @param {Model} model */
function variantId(model) {
  if (model.kind !== 'group') return 'plain'
  return Object.entries(model.fields).find(([, field]) => field.isRequired)?.[0] ?? 'group'
}

/**
 * The model of what stands at `path`; undefined when the schema knows no such place.
 *
 * @param {Model | undefined} model
 * @param {import('./values.js').Path} path
 * @returns {Model | undefined}
 */
export function modelAt(model, path) {
  const [step, ...rest] = path
  if (!model || step === undefined) return model
  switch (model.kind) {
    case 'group':
      return modelAt(Object.hasOwn(model.fields, String(step)) ? model.fields[String(step)] : undefined, rest)
    case 'map':
      return modelAt(model.value, rest)
    case 'items':
    case 'lines':
      return modelAt(model.item, rest)
    case 'variants':
      return model.variants.map((variant) => modelAt(variant.model, path)).find((found) => found)
    default:
      return undefined
  }
}

/**
 * The form that a value has, the first one when it fits none.
 *
 * @param {VariantsModel} model
 * @param {unknown} value
 * @returns {Variant}
 */
export function variantOf(model, value) {
  const fitting = model.variants.find(({ id, model: form }) =>
    form.kind === 'group' ? isMap(value) && Object.hasOwn(value, id) : !isMap(value) && value !== undefined,
  )
  return fitting ?? /** @type {Variant} */ (model.variants[0])
}

/**
 * The values written, and where nothing is written, the defaults. What the schema does not know is kept. A section
 * whose lines are all commented out is null in YAML, and all defaults to its reader.
 *
 * @param {Model} model
 * @param {unknown} written
 * @returns {unknown}
 */
export function withDefaults(model, written) {
  const value = written === null || written === undefined ? model.standard : written
  if (value === undefined) return written === null ? null : undefined
  switch (model.kind) {
    case 'group':
      return isMap(value) ? groupWithDefaults(model, value) : value
    case 'map':
      return isMap(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [key, withDefaults(model.value, inner)]),
          )
        : value
    case 'items':
      return Array.isArray(value) ? value.map((inner) => withDefaults(model.item, inner)) : value
    case 'variants':
      return withDefaults(variantOf(model, value).model, value)
    default:
      return value
  }
}

/** @param {GroupModel} model @param {import('./values.js').ValueMap} value */
function groupWithDefaults(model, value) {
  const fields = Object.entries(model.fields).flatMap(([key, field]) => {
    const inner = withDefaults(field, ownValue(value, key))
    return inner === undefined ? [] : [[key, inner]]
  })
  const strangers = Object.entries(value).filter(([key]) => !Object.hasOwn(model.fields, key))
  return Object.fromEntries([...fields, ...strangers])
}

/**
 * What has to be written of a new value: what equals its default goes without saying.
 *
 * @param {Model | undefined} model
 * @param {unknown} value
 * @returns {unknown}
 */
export function withoutDefaults(model, value) {
  if (!isMap(value)) return value
  if (model?.kind === 'variants') return withoutDefaults(variantOf(model, value).model, value)
  if (model?.kind === 'map') {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutDefaults(model.value, inner)]),
    )
  }
  if (model?.kind !== 'group') return value
  const entries = Object.entries(value)
    .filter(([key, inner]) => !isEqual(inner, model.fields[key]?.standard))
    .map(([key, inner]) => [key, withoutDefaults(model.fields[key], inner)])
  return Object.fromEntries(entries)
}

/** What a new entry of this kind starts with. @param {Model} model @returns {unknown} */
export function emptyValue(model) {
  if (model.standard !== undefined) return model.standard
  switch (model.kind) {
    case 'boolean':
      return false
    case 'number':
    case 'text':
      return ''
    case 'choice':
      return model.options[0]
    case 'map':
      return {}
    case 'variants':
      return emptyValue(/** @type {Variant} */ (model.variants[0]).model)
    case 'group': {
      const needed = Object.entries(model.fields).filter(([, field]) => field.isRequired)
      return Object.fromEntries(needed.map(([key, field]) => [key, emptyValue(field)]))
    }
    case 'lines':
      return model.isBareAllowed ? '' : []
    default:
      return []
  }
}
