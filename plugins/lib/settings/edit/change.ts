import { isDeepStrictEqual } from 'node:util'
import type { SettingsPath } from '../errors'

/** One setting, set to a value, or without one taken out, so that its default counts. */
export interface Change {
  readonly path: SettingsPath
  readonly value?: unknown
}

export interface ChangeFault {
  readonly path: SettingsPath
  readonly message: string
}

const maxChanges = 1000
const maxDepth = 20
const maxText = 10_000
/** Keys that reach what every object inherits. */
const inherited = new Set(['__proto__', 'constructor', 'prototype'])

/** What keeps changes from being made to any settings: hostile or absurd paths and values. */
export function changeFaults(changes: readonly Change[]): readonly ChangeFault[] {
  if (changes.length > maxChanges) {
    return [{ path: [], message: `${changes.length} changes at once: must be at most ${maxChanges}` }]
  }
  return changes.flatMap(({ path, value }) => {
    const message = pathFault(path) ?? valueFault(value, path.length)
    return message === undefined ? [] : [{ path: path.slice(0, maxDepth), message }]
  })
}

function pathFault(path: SettingsPath): string | undefined {
  if (path.length === 0) return 'a path must name a setting'
  if (path.length > maxDepth) return 'is nested too deeply'
  return path.map((step) => (typeof step === 'string' ? keyFault(step) : undefined)).find(isText)
}

function keyFault(key: string): string | undefined {
  if (inherited.has(key)) return `${key} is no name for a setting`
  return textFault(key)
}

function valueFault(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return textFault(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= maxDepth) return 'is nested too deeply'
  for (const [key, inner] of Object.entries(value)) {
    const fault = keyFault(key) ?? valueFault(inner, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function textFault(text: string): string | undefined {
  if (text.length > maxText) return `must have at most ${maxText} characters`
  if (/\p{Cc}/u.test(text)) return 'must not hold control characters or line breaks'
  return text.isWellFormed() ? undefined : 'must be text that has a form in UTF-8'
}

const isText = (value: unknown): boolean => typeof value === 'string'

export type ChangedValue =
  | { readonly kind: 'ok'; readonly value: object }
  | { readonly kind: 'invalid'; readonly faults: readonly ChangeFault[] }

/** The settings with the changes made, one after the other. What comes in stays as it is. */
export function applyChanges(written: unknown, changes: readonly Change[]): ChangedValue {
  let value: unknown = written ?? {}
  const faults: ChangeFault[] = []
  for (const change of changes) {
    const next = changed(value, change.path, change)
    if (typeof next === 'string') faults.push({ path: change.path, message: next })
    else value = next.value
  }
  if (faults.length > 0) return { kind: 'invalid', faults }
  if (typeof value === 'object' && value !== null) return { kind: 'ok', value }
  return { kind: 'invalid', faults: [{ path: [], message: 'must be a map of key: value lines' }] }
}

/** The value with the change made below it, or what is wrong. */
function changed(before: unknown, path: SettingsPath, change: Change): { value: unknown } | string {
  const [step, ...rest] = path
  if (step === undefined) return { value: change.value }
  if (Array.isArray(before)) return changedList(before, step, rest, change)
  // `key:` and nothing, or what is not there yet, turns into what the path needs.
  if (before === undefined || before === null) {
    if (change.value === undefined) return { value: before }
    return typeof step === 'number' ? changedList([], step, rest, change) : changedMap({}, step, rest, change)
  }
  if (typeof before !== 'object') return `stands below ${JSON.stringify(before)}, which is no map and no list`
  return changedMap(before, String(step), rest, change)
}

function changedMap(
  before: object,
  key: string,
  rest: SettingsPath,
  change: Change,
): { value: unknown } | string {
  const { [key]: inner, ...others } = before as Record<string, unknown>
  const isThere = Object.hasOwn(before, key)
  if (change.value === undefined && (rest.length === 0 || !isThere))
    return { value: isThere ? others : before }
  const next = changed(isThere ? inner : undefined, rest, change)
  return typeof next === 'string' ? next : { value: { ...before, [key]: next.value } }
}

function changedList(
  before: readonly unknown[],
  index: string | number,
  rest: SettingsPath,
  change: Change,
): { value: unknown } | string {
  const isDeletion = change.value === undefined
  const end = isDeletion || rest.length > 0 ? before.length - 1 : before.length
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > end) {
    return `${JSON.stringify(index)} is no position in a list of ${before.length}`
  }
  if (isDeletion && rest.length === 0) return { value: before.toSpliced(index, 1) }
  const next = changed(before[index], rest, change)
  return typeof next === 'string' ? next : { value: before.toSpliced(index, 1, next.value) }
}

/** What makes the one of the other; a list that differs is one change. */
export function differences(before: unknown, after: unknown, path: SettingsPath = []): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isMap(before) || !isMap(after)) return [{ path, ...(after !== undefined && { value: after }) }]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => differences(own(before, key), own(after, key), [...path, key]))
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const own = (map: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(map, key) ? map[key] : undefined
