import type { z } from 'zod'
import { canonicalAddress, canonicalDomain, canonicalHost, canonicalMap, reportInto } from './canonical'
import {
  checkAdminContacts,
  checkArc,
  checkCertificate,
  checkFleet,
  checkListeners,
  checkPasswords,
} from './checks'
import {
  maxErrors,
  type SettingsCheck,
  type SettingsError,
  type SettingsFile,
  type SettingsPath,
  type SettingsProblem,
} from './errors'
import { explainIssues } from './explain'
import { type Secrets, secretsSchema, type Settings, settingsSchema } from './schema'
import { child, knownKeys, type Schema, unwrap } from './schema-facts'
import { type LineOf, readYaml, type YamlFault } from './yaml-text'

export interface SettingsContext {
  /** Where relative paths of the settings start. */
  readonly configDir: string
  /** The gateway's own name. */
  readonly hostname: string
  /** What others have to say about settings whose form is right. */
  readonly checks: readonly SettingsCheck[]
}

export type ParsedSettings =
  | { readonly kind: 'ok'; readonly settings: Settings; readonly secrets: Secrets }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[] }

type RawSettings = z.output<typeof settingsSchema>
type RawSecrets = z.output<typeof secretsSchema>

/** Settings and secrets from their texts: complete, checked, canonical, frozen. A text of comments is all defaults. */
export function parseSettings(
  settingsText: string,
  secretsText: string,
  context: SettingsContext,
): ParsedSettings {
  const main = readFile('gateway.yaml', settingsText, settingsSchema)
  const hidden = readFile('gateway.secrets.yaml', secretsText, secretsSchema)
  if (main.kind === 'invalid' || hidden.kind === 'invalid') {
    return invalid([main, hidden].flatMap((file) => (file.kind === 'ok' ? [] : file.errors)))
  }
  const problems: SettingsProblem[] = []
  const settings = canonicalSettings(main.data, problems)
  const secrets = canonicalSecrets(hidden.data, problems)
  if (problems.length === 0) problems.push(...check(settings, secrets, context))
  if (problems.length === 0)
    return { kind: 'ok', settings: deepFreeze(settings), secrets: deepFreeze(secrets) }
  const errors = problems
    .slice(0, maxErrors)
    .map((problem) =>
      problem.file === 'gateway.secrets.yaml'
        ? secretError(problem, hidden.lineOf, settings)
        : settingsError(problem, main.lineOf),
    )
  return invalid(errors)
}

/** In the order in which they are met when reading the files. */
function invalid(errors: readonly SettingsError[]): ParsedSettings {
  const inOrder = (a: SettingsError, b: SettingsError): number =>
    Number(a.file !== 'gateway.yaml') - Number(b.file !== 'gateway.yaml') || (a.line ?? 0) - (b.line ?? 0)
  return { kind: 'invalid', errors: [...errors].sort(inOrder) }
}

type FileResult<Data> =
  | { readonly kind: 'ok'; readonly data: Data; readonly lineOf: LineOf }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[] }

function readFile<S extends z.ZodType>(file: SettingsFile, text: string, schema: S): FileResult<z.output<S>> {
  const yaml = readYaml(text)
  if (yaml.kind === 'invalid')
    return { kind: 'invalid', errors: yaml.faults.map((fault) => faultError(file, fault)) }
  const value = withoutEmptySections(yaml.value ?? {}, schema)
  const result = schema.safeParse(value)
  if (result.success) return { kind: 'ok', data: result.data, lineOf: yaml.lineOf }
  const problems = explainIssues(schema, value, result.error.issues)
  const errors = problems.map((problem) =>
    file === 'gateway.yaml' ? settingsError(problem, yaml.lineOf) : secretError(problem, yaml.lineOf),
  )
  return { kind: 'invalid', errors }
}

/** A section whose keys are all commented out is null to YAML, and all defaults to its reader. */
function withoutEmptySections(value: unknown, schema: Schema): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const kept = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (typeof inner !== 'object') return [[key, inner]]
    const innerSchema = knownKeys(schema).includes(key) ? child(schema, key) : undefined
    if (!innerSchema) return [[key, inner]]
    const isSection = ['object', 'record', 'array'].includes(unwrap(innerSchema)._zod.def.type)
    return inner === null && isSection ? [] : [[key, withoutEmptySections(inner, innerSchema)]]
  })
  return Object.fromEntries(kept)
}

function check(settings: Settings, secrets: Secrets, context: SettingsContext): SettingsProblem[] {
  return [
    ...checkListeners(settings),
    ...checkCertificate(settings, context.configDir),
    ...checkAdminContacts(settings, context.hostname),
    ...checkPasswords(settings, secrets),
    ...checkArc(settings, secrets),
    ...checkFleet(settings),
    ...context.checks.flatMap((more) => more(settings, secrets)),
  ]
}

function canonicalSettings(raw: RawSettings, problems: SettingsProblem[]): RawSettings {
  const sizes = raw.message_size
  const bySize = (
    name: 'hosts' | 'senders' | 'recipients',
    key: (text: string) => string | undefined,
  ): Record<string, number> => canonicalMap(sizes[name], key, reportInto(problems, ['message_size', name]))
  return {
    ...raw,
    message_size: {
      limit: sizes.limit,
      hosts: bySize('hosts', canonicalHost),
      senders: bySize('senders', canonicalAddress),
      recipients: bySize('recipients', canonicalAddress),
    },
    next_hops: canonicalMap(raw.next_hops, canonicalDomain, reportInto(problems, ['next_hops'])),
  }
}

function canonicalSecrets(raw: RawSecrets, problems: SettingsProblem[]): RawSecrets {
  const report = (key: string, message: string): void => {
    problems.push({ file: 'gateway.secrets.yaml', path: ['next_hops', key], message })
  }
  return {
    ...raw,
    next_hops: canonicalMap(raw.next_hops, canonicalDomain, report),
    ...withCanonicalSenders(raw),
  }
}

function withCanonicalSenders({ smtp_users }: RawSecrets): Pick<RawSecrets, 'smtp_users'> {
  const users = Object.entries(smtp_users).map(([name, { password, senders }]) => [
    name,
    { password, ...(senders && { senders: senders.map((sender) => canonicalAddress(sender) ?? sender) }) },
  ])
  return { smtp_users: Object.fromEntries(users) as RawSecrets['smtp_users'] }
}

function settingsError(problem: SettingsProblem, lineOf: LineOf): SettingsError {
  const { path, value, message } = problem
  return { file: 'gateway.yaml', path, ...lineEntry(lineOf(path)), ...valueEntry(value), message }
}

function secretError(problem: SettingsProblem, lineOf: LineOf, settings?: Settings): SettingsError {
  const line = lineEntry(lineOf(problem.path))
  return {
    file: 'gateway.secrets.yaml',
    path: publicPath(problem.path, settings),
    ...line,
    message: problem.message,
  }
}

function faultError(file: SettingsFile, { path, line, message, quotes }: YamlFault): SettingsError {
  const place = { file, ...lineEntry(line) }
  if (file === 'gateway.yaml') return { ...place, path, message }
  return { ...place, path: publicPath(path), message: quotes ? 'is not valid YAML' : message }
}

/** A key of the secrets file that we don't know may be a password in the wrong place: the path ends before it. */
function publicPath(path: SettingsPath, settings?: Settings): SettingsPath {
  const names = new Set<string | number>([
    'providers',
    'next_hops',
    'password',
    'arc',
    'key',
    'smtp_users',
    'ui_users',
    'api_tokens',
  ])
  for (const name of Object.keys(secretsSchema.shape.providers.unwrap().shape)) names.add(name)
  for (const domain of Object.keys(settings?.next_hops ?? {})) names.add(domain)
  const end = path.findIndex((step) => !names.has(step))
  return end === -1 ? path : path.slice(0, end)
}

function lineEntry(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line }
}

function valueEntry(value: unknown): { value?: unknown } {
  return value === undefined ? {} : { value }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
