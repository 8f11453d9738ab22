import { applyChanges, type Change, type ChangeFault } from '../edit/change'
import { valueAt } from '../edit/merge'
import { editYaml } from '../edit/yaml-edit'
import type { SettingsPath } from '../errors'
import { secretsSchema } from '../schema'
import { child, type Schema, unwrap } from '../schema-facts'
import { readYaml } from '../yaml-text'

/** A secret to set, or with null to take out. It goes one way only: nothing ever hands it back. */
export interface SecretChange {
  readonly path: SettingsPath
  readonly value: string | null
}

/** People and their password hashes are changed in other ways. */
const people = new Set<string | number>(['smtp_users', 'ui_users', 'api_tokens'])
const inherited = new Set<string | number>(['__proto__', 'constructor', 'prototype'])
const maxSecret = 16_384

export type ChangedSecrets =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'invalid'; readonly faults: readonly ChangeFault[] }

/** The text of gateway.secrets.yaml with the changes made. No fault quotes it. */
export function changeSecrets(text: string, changes: readonly SecretChange[]): ChangedSecrets {
  if (changes.length === 0) return { kind: 'ok', text }
  const faults = changes.flatMap(({ path, value }) => {
    const stranger = pathFault(path)
    // A path that is none may hold what should be kept secret.
    if (stranger !== undefined) return [{ path: [], message: stranger }]
    const message = secretFault(value)
    return message === undefined ? [] : [{ path, message }]
  })
  if (faults.length > 0) return { kind: 'invalid', faults }
  const yaml = readYaml(text)
  if (yaml.kind === 'invalid') return invalid('gateway.secrets.yaml is not valid YAML: mend it first')
  let value: unknown = yaml.value ?? {}
  for (const change of changes) {
    const { path, value: secret } = change
    const applied = applyChanges(value, [
      secret === null ? withoutSecret(path, value) : { path, value: secret },
    ])
    if (applied.kind === 'invalid')
      return invalid('something else stands in this place of gateway.secrets.yaml', path)
    value = applied.value
  }
  const edited = editYaml(text, value as object)
  if (edited === undefined) return invalid('gateway.secrets.yaml is written too oddly to be edited here')
  return { kind: 'ok', text: edited }
}

function invalid(message: string, path: SettingsPath = []): ChangedSecrets {
  return { kind: 'invalid', faults: [{ path, message }] }
}

/** Only what the schema knows as a secret: a path may not even name anything else. */
function pathFault(path: SettingsPath): string | undefined {
  const [first] = path
  const isKnown = first !== undefined && !people.has(first) && !path.some((step) => inherited.has(step))
  const schema = isKnown
    ? path.reduce<Schema | undefined>((above, step) => above && child(above, step), secretsSchema)
    : undefined
  return schema && unwrap(schema)._zod.def.type === 'string'
    ? undefined
    : 'is no secret of gateway.secrets.yaml'
}

function secretFault(value: string | null): string | undefined {
  if (value === null) return undefined
  if (value === '') return 'must not be empty'
  if (value.length > maxSecret) return `must have at most ${maxSecret} characters`
  if (!value.isWellFormed()) return 'must be text that has a form in UTF-8'
  // A private key has line breaks, and nothing else has.
  const line = value.startsWith('-----BEGIN ') ? value.replaceAll('\n', '') : value
  return /\p{Cc}/u.test(line) ? 'must not hold control characters or line breaks' : undefined
}

/** A map that has nothing left goes with its last secret. */
function withoutSecret(path: SettingsPath, value: unknown): Change {
  let end = path.length
  while (end > 1 && keyCount(valueAt(value, path.slice(0, end - 1))) <= 1) end--
  return { path: path.slice(0, end) }
}

const keyCount = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0

/** Where secrets stand, without them; hashes of people's passwords apart. */
export function secretPaths(secrets: unknown, path: SettingsPath = []): readonly SettingsPath[] {
  if (path.length === 1 && people.has(path[0] ?? '')) return []
  if (typeof secrets === 'string') return [path]
  if (typeof secrets !== 'object' || secrets === null || Array.isArray(secrets)) return []
  return Object.entries(secrets).flatMap(([key, inner]) => secretPaths(inner, [...path, key]))
}
