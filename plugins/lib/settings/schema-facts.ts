import { z } from 'zod'

/** What a schema says about a value, for messages and suggestions. */

export type Schema = z.core.$ZodType

/** The schema behind defaults and options. */
export function unwrap(schema: Schema): z.core.$ZodTypes {
  const typed = schema as z.core.$ZodTypes
  const { def } = typed._zod
  if (def.type === 'default' || def.type === 'prefault' || def.type === 'optional')
    return unwrap(def.innerType)
  return typed
}

export function child(schema: Schema, key: PropertyKey): Schema | undefined {
  const { def } = unwrap(schema)._zod
  if (def.type === 'object') return Object.hasOwn(def.shape, key) ? def.shape[String(key)] : undefined
  if (def.type === 'record') return def.valueType
  if (def.type === 'array') return def.element
  if (def.type !== 'union') return undefined
  for (const option of def.options) {
    const found = child(option, key)
    if (found) return found
  }
  return undefined
}

export function knownKeys(schema: Schema): readonly string[] {
  const { def } = unwrap(schema)._zod
  return def.type === 'object' ? Object.keys(def.shape) : []
}

/** Keys that must be written because they have no default. */
export function requiredKeys(schema: Schema): readonly string[] {
  const { def } = unwrap(schema)._zod
  if (def.type !== 'object') return []
  return Object.entries(def.shape)
    .filter(([, inner]) => inner._zod.optin === undefined)
    .map(([key]) => key)
}

export function unionOptions(schema: Schema): readonly Schema[] {
  const { def } = unwrap(schema)._zod
  return def.type === 'union' ? def.options : [schema]
}

/** `a whole number from 1 to 65535`: what would be right, in words. */
export function expectation(schema: Schema): string {
  const inner = unwrap(schema)
  const { def } = inner._zod
  const note = description(schema)
  if (inner instanceof z.ZodNumber) return numberWords(inner) + (note === undefined ? '' : ` (${note})`)
  if (def.type === 'boolean') return 'true or false'
  if (def.type === 'enum') return choice(Object.values(def.entries).map(String))
  if (def.type === 'literal') return choice(def.values.map((value) => JSON.stringify(value)))
  if (def.type === 'array') return 'a list such as [a, b]'
  if (def.type === 'record') return 'a map of key: value lines'
  if (def.type === 'object') return `a map with ${listWords(requiredKeys(schema), knownKeys(schema))}`
  if (def.type === 'union') return [...new Set(def.options.map(expectation))].join(', or ')
  return note === undefined ? 'text (put numbers in quotes)' : `text (${note})`
}

export function choice(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

function listWords(required: readonly string[], known: readonly string[]): string {
  const keys = required.length > 0 ? required : known
  return `the key${keys.length > 1 ? 's' : ''} ${keys.join(', ')}`
}

function description(schema: Schema): string | undefined {
  return z.globalRegistry.get(schema)?.description ?? z.globalRegistry.get(unwrap(schema))?.description
}

function numberWords({ format, minValue, maxValue }: z.ZodNumber): string {
  const whole = format === 'safeint' ? 'a whole number' : 'a number'
  const least = bound(minValue)
  const most = bound(maxValue)
  if (least !== undefined && most !== undefined) return `${whole} from ${least} to ${most}`
  if (least !== undefined) return `${whole} of at least ${least}`
  return most === undefined ? whole : `${whole} of at most ${most}`
}

/** z.int() bounds every number by what a double holds exactly: nothing worth telling. */
function bound(limit: number | null): number | undefined {
  return limit !== null && Number.isFinite(limit) && Math.abs(limit) !== Number.MAX_SAFE_INTEGER
    ? limit
    : undefined
}
