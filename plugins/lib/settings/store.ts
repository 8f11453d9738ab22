import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { errorText } from '../error-text'
import { type Clock, systemClock } from '../clock'
import type { Log } from '../log'
import type { SettingsCheck, SettingsError } from './errors'
import { stampOf } from './files'
import { formatError } from './format-errors'
import { createLastGood, type LastGood, type LastGoodOptions } from './last-good'
import { type LoadedSettings, loadSettings } from './load'
import type { Secrets, Settings } from './schema'

/** The settings in force. They change only as a whole, and never to something that does not validate. */
export interface SettingsStore {
  current(): SettingsSnapshot
  /** Whether the files say what is in force. */
  status(): SettingsStatus
  /** Called after each change with the top-level keys that differ; secrets count under the key they belong to. */
  onChange(listener: SettingsListener): () => void
  /** Reads the files now, for whoever has just written them. */
  reload(): void
  close(): void
}

export interface SettingsSnapshot {
  readonly settings: Settings
  readonly secrets: Secrets
  /** Of the text of gateway.yaml. */
  readonly version: string
}

export type SettingsStatus =
  | { readonly kind: 'ok'; readonly since: number }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[]; readonly since: number }

export type SettingsListener = (snapshot: SettingsSnapshot, changed: readonly string[]) => unknown

export interface SettingsStoreOptions {
  readonly configDir: string
  readonly hostname: string
  readonly checks: readonly SettingsCheck[]
  readonly log: Log
  readonly clock?: Clock
  readonly lastGood?: Pick<LastGoodOptions, 'folder'>
  /** A change is in force after two to three of these. */
  readonly pollMs?: number
}

/** The files don't validate and there is nothing else to run on. */
export class SettingsInvalid extends Error {
  constructor(readonly errors: readonly SettingsError[]) {
    super(errors.map((error) => formatError(error)).join('\n'))
    this.name = 'SettingsInvalid'
  }
}

/**
 * Loads the settings and follows every later edit. When the files are bad at the start the last good settings are
 * taken; when there are none, it throws SettingsInvalid.
 */
export function createSettingsStore(options: SettingsStoreOptions): SettingsStore {
  const { configDir, log, clock = systemClock, pollMs = 500 } = options
  const report = createReport(log)
  const lastGood = options.lastGood && createLastGood({ ...options.lastGood, context: options, log })
  const first = loadSettings(configDir, options)
  if (first.kind === 'ok') lastGood?.save(first.loaded.texts)
  else report.invalid(first.errors)

  let inForce = first.kind === 'ok' ? first.loaded : loadLastGood(lastGood, first.errors)
  let certificate = certificateStamp(configDir, inForce.settings)
  let status: SettingsStatus =
    first.kind === 'ok' ? { kind: 'ok', since: clock.now() } : { ...first, since: clock.now() }
  const listeners = new Set<SettingsListener>()

  const reload = (): void => {
    const result = loadSettings(configDir, options, inForce.texts)
    if (result.kind === 'invalid') {
      status = { kind: 'invalid', errors: result.errors, since: clock.now() }
      report.invalid(result.errors)
      return
    }
    const stamp = certificateStamp(configDir, result.loaded.settings)
    const changed = changedKeys(inForce, result.loaded, stamp !== certificate)
    inForce = result.loaded
    if (changed.length > 0) lastGood?.save(inForce.texts)
    certificate = stamp
    if (status.kind === 'invalid' || changed.length > 0) status = { kind: 'ok', since: clock.now() }
    report.valid(changed)
    if (changed.length > 0) for (const listener of listeners) tell(listener, snapshot(inForce), changed, log)
  }

  const stamps = (): string[] => watchedFiles(configDir, inForce.settings, status).map(stampOf)
  const timer = setInterval(createWatch(stamps, reload), pollMs)
  timer.unref()
  return {
    current: () => snapshot(inForce),
    status: () => status,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    reload,
    close: () => {
      clearInterval(timer)
      listeners.clear()
    },
  }
}

function loadLastGood(lastGood: LastGood | undefined, errors: readonly SettingsError[]): LoadedSettings {
  const loaded = lastGood?.load()
  if (!loaded) throw new SettingsInvalid(errors)
  return loaded
}

/**
 * A poll that reloads once the files have kept still for one poll: editors write twice, and a write under way is
 * not an edit. Polling, because a watched inode is gone after the renames that most editors save with.
 */
function createWatch(stamps: () => readonly string[], reload: () => void): () => void {
  // Nothing is known at first: what was written while the first load was reading is found by loading again.
  let loaded: readonly string[] = []
  let seen: readonly string[] = []
  return () => {
    const now = stamps()
    const isStill = isDeepStrictEqual(now, seen)
    seen = now
    if (!isStill || isDeepStrictEqual(now, loaded)) return
    loaded = now
    reload()
  }
}

/** The two files, the certificate in force, and files that the last bad edit named: they may appear later. */
function watchedFiles(configDir: string, { tls }: Settings, status: SettingsStatus): string[] {
  const named = status.kind === 'ok' ? [] : status.errors.flatMap(namedFile)
  const files = ['gateway.yaml', 'gateway.secrets.yaml', tls.certificate, ...named]
  return files.filter((file) => file !== '').map((file) => resolve(configDir, file))
}

function namedFile({ path, value }: SettingsError): string[] {
  const key = path.at(-1)
  return typeof value === 'string' && (key === 'certificate' || key === 'file') ? [value] : []
}

/** A renewed certificate is a change, though the settings that name it are the same. */
function certificateStamp(configDir: string, { tls }: Settings): string {
  return tls.certificate === '' ? '' : stampOf(resolve(configDir, tls.certificate))
}

function snapshot({ settings, secrets, version }: LoadedSettings): SettingsSnapshot {
  return { settings, secrets, version }
}

function changedKeys(before: LoadedSettings, after: LoadedSettings, isCertificateNew: boolean): string[] {
  const changed = new Set<string>(isCertificateNew ? ['tls'] : [])
  for (const part of ['settings', 'secrets'] as const) {
    for (const [key, value] of Object.entries(after[part])) {
      if (!isDeepStrictEqual(value, Reflect.get(before[part], key))) changed.add(key)
    }
  }
  return [...changed]
}

/** Listeners may be asynchronous; a promise that nobody awaits would end Haraka when it fails. */
function tell(listener: SettingsListener, now: SettingsSnapshot, changed: readonly string[], log: Log): void {
  const call = async (): Promise<void> => {
    await listener(now, changed)
  }
  call().catch((error: unknown) => {
    log.error(
      `settings: a change of ${changed.join(', ')} could not be followed everywhere: ${errorText(error)}`,
    )
  })
}

const maxLogged = 20

/** Says each error once, however often the files are read while it stands. */
function createReport(log: Log): {
  invalid(errors: readonly SettingsError[]): void
  valid(changed: readonly string[]): void
} {
  let said = new Set<string>()
  return {
    invalid: (errors) => {
      const lines = errors.map((error) => formatError(error))
      const fresh = lines.filter((line) => !said.has(line))
      said = new Set(lines)
      if (fresh.length === 0) return
      for (const line of fresh.slice(0, maxLogged)) log.error(`settings: ${line}`)
      if (fresh.length > maxLogged) log.error(`settings: and ${fresh.length - maxLogged} more errors`)
      log.error('settings: the last good settings stay in force until this is mended')
    },
    valid: (changed) => {
      if (changed.length > 0) log.notice(`settings applied: ${changed.join(', ')}`)
      else if (said.size > 0) log.notice('settings: the files are valid again, and say what is in force')
      said = new Set()
    },
  }
}
