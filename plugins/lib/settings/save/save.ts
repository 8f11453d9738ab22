import { join } from 'node:path'
import type { Clock } from '../../clock'
import { differences } from '../edit/change'
import type { SettingsError, SettingsPath } from '../errors'
import { readSettingsFile } from '../files'
import { formatPath } from '../format-errors'
import { type LoadedSettings, type SettingsTexts, versionOf } from '../load'
import type { SettingsContext } from '../parse'
import { prepareFile, publicFile, replaceFile, secretFile } from '../replace-file'
import { type DiskFault, diskFault } from './disk-fault'
import { draftOf, plainValue, type SettingsEdit } from './draft'
import type { History, HistoryEntry } from './history'
import { withStateLock } from './lock'
import { changedSecrets, type SecretTimes } from './secret-times'

/** Who saves, and how it is told. */
export type Author = Pick<HistoryEntry, 'by' | 'via' | 'note'>

export type SaveResult =
  | {
      readonly kind: 'saved'
      /** What was there before, to put it back. */
      readonly before: SettingsTexts
      readonly loaded: LoadedSettings
      readonly historyId: string
    }
  | { readonly kind: 'unchanged'; readonly version: string }
  /** Somebody else saved since. */
  | { readonly kind: 'conflict'; readonly now: SettingsTexts }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[] }
  /** Nothing was changed: the disk is full, the folder may not be written to. */
  | ({ readonly kind: 'failed' } & DiskFault)

/** Saves settings: as a whole or not at all, one at a time, whichever process asks. */
export interface SettingsFiles {
  /** What is in the files now, valid or not. */
  read(): SettingsTexts
  save(edit: SettingsEdit, author: Author): Promise<SaveResult>
  /** Puts back what was there before a save that did not work out, unless somebody saved since. */
  putBack(saved: Extract<SaveResult, { kind: 'saved' }>, author: Author): Promise<boolean>
  /** Takes a version into the history that was not saved here, but written into the files. */
  recordByHand(loaded: LoadedSettings, secretsBefore: unknown): Promise<void>
}

export interface SettingsFilesOptions {
  readonly context: SettingsContext
  /** The folder `state` of the instance. */
  readonly stateDir: string
  readonly history: History
  readonly secretTimes: SecretTimes
  readonly clock: Clock
}

export function createSettingsFiles(options: SettingsFilesOptions): SettingsFiles {
  const { context, stateDir, history, secretTimes, clock } = options
  const read = (): SettingsTexts => readTexts(context.configDir)
  const locked = <T>(action: () => T): Promise<T> => withStateLock(stateDir, 'settings', action)

  const write = (before: SettingsTexts, after: SettingsTexts, author: Author): string => {
    const secrets = changedSecrets(plainValue(before.secrets), plainValue(after.secrets))
    const summary = summarise(before.settings, after.settings, secrets)
    const entry = { ...author, time: clock.now(), version: versionOf(after.settings), summary }
    const id = writeFiles(context.configDir, before, after, history.prepare(entry, after.settings))
    if (after.secrets !== before.secrets) secretTimes.note(secrets, entry.time)
    history.prune()
    return id
  }

  return {
    read,

    async save(edit, author) {
      return whenWritable(() =>
        locked((): SaveResult => {
          const refused = refusals(context.configDir)
          if (refused.length > 0) return { kind: 'invalid', errors: refused }
          const now = read()
          if (versionOf(now.settings) !== edit.base) return { kind: 'conflict', now }
          const draft = draftOf(now, edit, context)
          if (draft.kind === 'invalid') return { kind: 'invalid', errors: draft.errors }
          const { texts, loaded } = draft
          if (texts.settings === now.settings && texts.secrets === now.secrets) {
            return { kind: 'unchanged', version: loaded.version }
          }
          return { kind: 'saved', before: now, loaded, historyId: write(now, texts, author) }
        }),
      )
    },

    putBack: (saved, author) =>
      locked(() => {
        const now = read()
        const { texts } = saved.loaded
        if (now.settings !== texts.settings || now.secrets !== texts.secrets) return false
        // An empty file of secrets would be taken for a lost one.
        const secrets = saved.before.secrets.trim() === '' ? '{}\n' : saved.before.secrets
        write(now, { ...saved.before, secrets }, author)
        return true
      }),

    recordByHand: (loaded, secretsBefore) =>
      locked(() => {
        recordByHand(options, loaded, secretsBefore)
      }),
  }
}

function recordByHand(
  { history, secretTimes, clock }: SettingsFilesOptions,
  { version, texts }: LoadedSettings,
  secretsBefore: unknown,
): void {
  const latest = history.latest()
  const isSecretsKnown = secretTimes.isKnown()
  const secrets = isSecretsKnown ? [] : changedSecrets(secretsBefore, plainValue(texts.secrets))
  const time = clock.now()
  if (latest?.version !== version || secrets.length > 0) {
    const before = latest && history.get(latest.id)?.text
    const summary = before === undefined ? [] : summarise(before, texts.settings, secrets)
    history.prepare({ time, by: 'by hand', via: 'file', version, summary }, texts.settings).file.commit()
    history.prune()
  }
  if (!isSecretsKnown) secretTimes.note(secrets, time)
}

function readTexts(configDir: string): SettingsTexts {
  const text = (file: 'gateway.yaml' | 'gateway.secrets.yaml'): string => {
    const read = readSettingsFile(configDir, file)
    return read.kind === 'ok' ? read.text : ''
  }
  return { settings: text('gateway.yaml'), secrets: text('gateway.secrets.yaml') }
}

/** Files that are there, but may not be read: they are not to be written over. */
function refusals(configDir: string): readonly SettingsError[] {
  return (['gateway.yaml', 'gateway.secrets.yaml'] as const).flatMap((file) => {
    const read = readSettingsFile(configDir, file)
    return read.kind === 'refused' ? [read.error] : []
  })
}

const maxSummary = 100

function summarise(before: string, after: string, secrets: readonly SettingsPath[]): string[] {
  const changes = differences(plainValue(before), plainValue(after))
  return [
    ...changes.map(({ path }) => formatPath(path)),
    ...secrets.map((path) => `gateway.secrets.yaml: ${formatPath(path)}`),
  ].slice(0, maxSummary)
}

/** All is on the disk before anything is put in its place; secrets first, because the settings need them. */
function writeFiles(
  configDir: string,
  before: SettingsTexts,
  after: SettingsTexts,
  { id, file: entry }: ReturnType<History['prepare']>,
): string {
  const files = [entry]
  const prepare = (name: string, text: string, mode: typeof publicFile): void => {
    files.push(prepareFile(join(configDir, name), text, mode))
  }
  const secretsPath = join(configDir, 'gateway.secrets.yaml')
  try {
    if (after.secrets !== before.secrets) prepare('gateway.secrets.yaml', after.secrets, secretFile)
    if (after.settings !== before.settings) prepare('gateway.yaml', after.settings, publicFile)
    const [, ...settings] = files
    try {
      for (const file of settings) file.commit()
    } catch (error) {
      if (settings.length > 1) replaceFile(secretsPath, before.secrets, secretFile)
      throw error
    }
    entry.commit()
    return id
  } finally {
    for (const file of files) file.discard()
  }
}

/** A fault of the disk is told, and is no exception. */
async function whenWritable(save: () => Promise<SaveResult>): Promise<SaveResult> {
  try {
    return await save()
  } catch (error) {
    return { kind: 'failed', ...diskFault(error) }
  }
}
