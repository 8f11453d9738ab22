import type { z } from 'zod'
import { maxErrors, type SettingsPath, type SettingsProblem } from './errors'
import {
  child,
  choice,
  expectation,
  knownKeys,
  requiredKeys,
  type Schema,
  unionOptions,
  unwrap,
} from './schema-facts'
import { nearest } from './suggest'

type Issue = z.core.$ZodIssue

/** A value, what it should be, and where it stands. */
interface Place {
  readonly schema: Schema
  readonly value: unknown
  readonly parent?: Place
  readonly path: SettingsPath
}

/** Says in an operator's words what the schema found wrong. */
export function explainIssues(schema: Schema, value: unknown, issues: readonly Issue[]): SettingsProblem[] {
  const root: Place = { schema, value, path: [] }
  return issues
    .slice(0, maxErrors)
    .flatMap((issue) => explain(root, issue))
    .slice(0, maxErrors)
}

function explain(from: Place, issue: Issue): SettingsProblem[] {
  const place = descend(from, issue.path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxErrors).map((key) => unknownKey(place, key))
  if (issue.code === 'invalid_key') return [wrongKey(place, issue.issues[0]?.message)]
  if (place.value === undefined) return missing(place)
  if (issue.code === 'invalid_union') return explainUnion(place, issue.errors)
  return [problem(place, reason(place, issue))]
}

function descend(from: Place, path: readonly PropertyKey[]): Place {
  return path.reduce<Place>(
    (place, step) => ({
      schema: child(place.schema, step) ?? place.schema,
      value: isMap(place.value) || Array.isArray(place.value) ? Reflect.get(place.value, step) : undefined,
      parent: place,
      path: [...place.path, typeof step === 'symbol' ? String(step) : step],
    }),
    from,
  )
}

function problem(place: Place, message: string): SettingsProblem {
  return { path: place.path, value: place.value, message }
}

/** The message of a named form (a hostname, a return code) as written in the schema, else what the type says. */
function reason(place: Place, issue: Issue): string {
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message
  if (issue.code === 'too_small' && issue.origin !== 'number') return 'must not be empty'
  if (issue.code === 'too_big' && issue.origin !== 'number')
    return `must have at most ${issue.maximum} characters`
  const meant = typeof place.value === 'string' ? nearest(place.value, choices(place.schema)) : undefined
  return `must be ${expectation(place.schema)}${ask(meant)}`
}

function choices(schema: Schema): readonly string[] {
  const { def } = unwrap(schema)._zod
  return def.type === 'enum' ? Object.values(def.entries).map(String) : []
}

function ask(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function unknownKey(place: Place, key: string): SettingsProblem {
  const known = knownKeys(place.schema)
  const meant = nearest(key, known)
  const message =
    meant === undefined ? `unknown key; known here: ${known.join(', ')}` : `unknown key${ask(meant)}`
  return { path: [...place.path, key], message }
}

function wrongKey(place: Place, message = 'is no valid key'): SettingsProblem {
  return { path: place.path, message }
}

/** Not said when an unknown key beside it is a misspelling of the missing one. */
function missing(place: Place): SettingsProblem[] {
  const parent = place.parent
  const key = String(place.path.at(-1))
  const known = parent ? knownKeys(parent.schema) : []
  const written = parent && isMap(parent.value) ? Object.keys(parent.value) : []
  if (written.some((other) => !known.includes(other) && nearest(other, known) === key)) return []
  return [{ path: place.path, message: 'is missing' }]
}

/** Of the forms a value can have, explains the one that was meant. */
function explainUnion(place: Place, errors: readonly (readonly Issue[])[]): SettingsProblem[] {
  const options = unionOptions(place.schema).map((schema, index) => ({ schema, issues: errors[index] ?? [] }))
  const meant = isMap(place.value)
    ? meantMap(
        options.filter(({ schema }) => typeOf(schema) === 'object'),
        Object.keys(place.value),
      )
    : options.find(({ schema }) => hasForm(schema, place.value))
  if (typeof meant === 'string') return [{ path: place.path, message: meant }]
  if (!meant) return [problem(place, `must be ${expectation(place.schema)}`)]
  return meant.issues.flatMap((issue) => explain({ ...place, schema: meant.schema }, issue))
}

interface Option {
  readonly schema: Schema
  readonly issues: readonly Issue[]
}

/** The form most of whose keys are written, or what to say when that is unclear. */
function meantMap(options: readonly Option[], written: readonly string[]): Option | string | undefined {
  const leading = options.flatMap(({ schema }) => requiredKeys(schema))
  const present = leading.filter((key) => written.includes(key))
  if (present.length > 1) return `has ${present.join(' and ')}: keep one of them`
  const [best, next] = options
    .map((option) => ({ option, strangers: strangers(option.schema, written) }))
    .sort((a, b) => a.strangers - b.strangers)
  if (!best) return undefined
  if (present.length === 0 && best.strangers === next?.strangers)
    return `must have the key ${choice(leading)}`
  return best.option
}

/** Keys that this form doesn't know; a misspelt one counts half. */
function strangers(schema: Schema, written: readonly string[]): number {
  const known = knownKeys(schema)
  return written
    .filter((key) => !known.includes(key))
    .reduce((sum, key) => sum + (nearest(key, known) === undefined ? 1 : 0.5), 0)
}

function typeOf(schema: Schema): string {
  return unwrap(schema)._zod.def.type
}

function hasForm(schema: Schema, value: unknown): boolean {
  const type = typeOf(schema)
  if (typeof value === 'string') return type === 'string' || type === 'enum'
  return Array.isArray(value) && type === 'array'
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
