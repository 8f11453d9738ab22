import { fingerprint } from '../fingerprint'
import type { SettingsError } from './errors'
import { type FileText, readSettingsFile } from './files'
import { parseSettings, type SettingsContext } from './parse'
import type { Secrets, Settings } from './schema'

/** Settings in force, and the texts they came from. */
export interface LoadedSettings {
  readonly settings: Settings
  readonly secrets: Secrets
  /** Of gateway.yaml; a save names the version it is based on. */
  readonly version: string
  readonly texts: SettingsTexts
}

export interface SettingsTexts {
  readonly settings: string
  readonly secrets: string
}

export type LoadResult =
  | { readonly kind: 'ok'; readonly loaded: LoadedSettings }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[] }

/**
 * Reads both files. An empty gateway.yaml is not taken for "all defaults": it is what a full disk, a crash or
 * a write under way leaves behind, and a gateway without next hops would refuse all mail for good.
 * `before`, the texts in force, lets it tell a file that has been lost or cut off from one that never was.
 */
export function loadSettings(
  configDir: string,
  context: Omit<SettingsContext, 'configDir'>,
  before?: SettingsTexts,
): LoadResult {
  const main = readSettingsFile(configDir, 'gateway.yaml')
  const hidden = readSettingsFile(configDir, 'gateway.secrets.yaml')
  const errors = [...settingsLoss(main, before), ...secretsLoss(hidden, before)]
  if (errors.length > 0) return { kind: 'invalid', errors }

  return loadTexts({ settings: textOf(main), secrets: textOf(hidden) }, { ...context, configDir })
}

/** Settings from texts that may be in no file. */
export function loadTexts(texts: SettingsTexts, context: SettingsContext): LoadResult {
  const parsed = parseSettings(texts.settings, texts.secrets, context)
  if (parsed.kind === 'invalid') return parsed
  const { settings, secrets } = parsed
  return { kind: 'ok', loaded: { settings, secrets, version: versionOf(texts.settings), texts } }
}

export function versionOf(settingsText: string): string {
  return fingerprint(settingsText)
}

function textOf(file: FileText): string {
  return file.kind === 'ok' ? file.text : ''
}

function settingsLoss(file: FileText, before: SettingsTexts | undefined): SettingsError[] {
  if (file.kind === 'refused') return [file.error]
  if (file.kind === 'missing')
    return [lost('gateway.yaml', 'does not exist: restore it, or write {} into it for all defaults')]
  if (file.text.trim() === '')
    return [lost('gateway.yaml', 'is empty: restore it, or write {} into it for all defaults')]
  return isCutOff(file.text, before?.settings) ? [lost('gateway.yaml', cutOff)] : []
}

/** There may be no secrets at all, but they don't vanish. */
function secretsLoss(file: FileText, before: SettingsTexts | undefined): SettingsError[] {
  if (file.kind === 'refused') return [file.error]
  if (!before || before.secrets.trim() === '') return []
  if (file.kind === 'missing')
    return [lost('gateway.secrets.yaml', 'was deleted: restore it, or write {} into it for no secrets')]
  if (file.text.trim() === '')
    return [lost('gateway.secrets.yaml', 'is empty: restore it, or write {} into it for no secrets')]
  return isCutOff(file.text, before.secrets) ? [lost('gateway.secrets.yaml', cutOff)] : []
}

const cutOff =
  'is the start of what it was, and ends within a line: restore the rest, or end it with a line break'

function isCutOff(text: string, before: string | undefined): boolean {
  return (
    before !== undefined && text.length < before.length && before.startsWith(text) && !text.endsWith('\n')
  )
}

function lost(file: SettingsError['file'], message: string): SettingsError {
  return { file, path: [], message }
}
