import { isAbsolute, normalize, sep } from 'node:path'
import type { Secrets, Settings } from '../settings/schema'
import { findKeyedList, findPublicLists, type KnownList } from './catalogue'
import { parseCodePattern } from './code-pattern'
import { isErrorCode, type CodeOverrides } from './code-table'
import { entryId, placedEntries, zoneProblem, type PlacedEntry, type SettingsPath } from './configured'

export interface ListProblem {
  readonly path: SettingsPath
  /** As written; a key in it reads `<key>`. */
  readonly value: string
  readonly message: string
}

/** What an operator can get wrong about lists and the schema cannot see. */
export function validateLists(settings: Settings, secrets: Secrets): readonly ListProblem[] {
  const seen = new Map<string, SettingsPath>()
  const ofEntries = placedEntries(settings).flatMap((entry) => {
    const id = entryId(entry)
    const first = seen.get(id)
    if (!first) seen.set(id, entry.path)
    const problems = [
      ...(first ? [problemAt(entry, `is written twice: remove it here or at ${writePath(first)}`)] : []),
      ...placeProblems(entry),
      ...actionProblems(entry),
      ...codeProblems(entry),
    ]
    return problems.map(({ path, value, message }) => ({
      path,
      value: hideKeys(value, secrets),
      message: hideKeys(message, secrets),
    }))
  })
  return [...ofEntries, ...senderProblems(settings)]
}

const OUTSIDE = 'must lie in the configuration folder, such as lists/NAME.txt'

function senderProblems({ allowed_senders: file }: Settings): readonly ListProblem[] {
  return file === '' || isInside(file) ? [] : [{ path: ['allowed_senders'], value: file, message: OUTSIDE }]
}

function placeProblems(entry: PlacedEntry): readonly ListProblem[] {
  if (entry.from === 'zone') {
    const problem = zoneProblem(entry)
    return problem === undefined ? [] : [problemAt(entry, problem)]
  }
  if (entry.from === 'file' && !isInside(entry.file)) {
    return [problemAt(entry, OUTSIDE, 'file')]
  }
  return []
}

function isInside(file: string): boolean {
  return !isAbsolute(file) && normalize(file).split(sep)[0] !== '..'
}

function actionProblems(entry: PlacedEntry): readonly ListProblem[] {
  if (entry.kind !== 'ip_allowlist' || entry.options.action !== 'reject') return []
  return [
    {
      path: [...entry.path, 'action'],
      value: 'reject',
      message: 'is no action for an allowlist, which never refuses mail: remove it, or use score or note',
    },
  ]
}

function codeProblems(entry: PlacedEntry): readonly ListProblem[] {
  const codes: CodeOverrides = entry.options.codes ?? {}
  const known = knownList(entry)
  return Object.entries(codes).flatMap(([code, action]) => {
    const message = codeProblem(code, action, entry, known)
    return message === undefined ? [] : [{ path: [...entry.path, 'codes', code], value: code, message }]
  })
}

function codeProblem(
  code: string,
  action: string,
  entry: PlacedEntry,
  known: KnownList | undefined,
): string | undefined {
  if (entry.from === 'file')
    return 'means nothing for a list file, which has no return codes: use action instead'
  try {
    parseCodePattern(code)
  } catch (error) {
    return (error as Error).message
  }
  if (entry.kind === 'ip_allowlist' && action === 'reject')
    return 'must not reject, as an allowlist never refuses mail: use ignore'
  if (known && isBitmask(known) && !isSingleBit(code)) {
    return 'names no single bit, and this list answers in bits: write 127.0.0.2, 127.0.0.4, 127.0.0.8 and so on'
  }
  if (action !== 'ignore' && isErrorCode(known ?? { codes: [], errors: [] }, code)) {
    return 'is an error code of this list, not a listing: remove it'
  }
  return undefined
}

function isBitmask({ codes }: KnownList): boolean {
  return codes.some(({ code }) => code.includes('&'))
}

function isSingleBit(code: string): boolean {
  return /^127\.0\.0\.(?:[1248]|16|32|64|128)$/.test(code)
}

function knownList(entry: PlacedEntry): KnownList | undefined {
  if (entry.from === 'provider') return findKeyedList(entry.provider, entry.list, entry.kind)
  if (entry.from === 'zone')
    return findPublicLists(entry.zone).find(({ kinds }) => kinds.includes(entry.kind))
  return undefined
}

function problemAt(entry: PlacedEntry, message: string, key?: string): ListProblem {
  return { path: key === undefined ? entry.path : [...entry.path, key], value: writtenAs(entry), message }
}

function writtenAs(entry: PlacedEntry): string {
  switch (entry.from) {
    case 'file':
      return entry.file
    case 'zone':
      return entry.keyed?.publicZone ?? entry.zone
    case 'provider':
      return entry.list
  }
}

function writePath(path: SettingsPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

/** A key that was pasted where it does not belong must not come back in an error. */
function hideKeys(text: string, secrets: Secrets): string {
  return Object.values(secrets.providers).reduce(
    (hidden, provider) => (provider ? hidden.replaceAll(provider.key, '<key>') : hidden),
    text,
  )
}
