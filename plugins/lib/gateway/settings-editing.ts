import { statSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../clock'
import type { Resolver } from '../dns/types'
import type { Bus } from '../haraka/bus'
import { isLeader, type ProcessRole } from '../haraka/process-role'
import { tryPort } from '../haraka/shared-ports'
import type { Log } from '../log'
import type { Conflict } from '../settings/edit/merge'
import { unifiedDiff } from '../settings/edit/unified-diff'
import type { SettingsError, SettingsPath } from '../settings/errors'
import { versionOf } from '../settings/load'
import type { SettingsContext } from '../settings/parse'
import { draftOf, meet, plainValue, type SettingsEdit } from '../settings/save/draft'
import { createHistory, type History } from '../settings/save/history'
import { type Author, createSettingsFiles, type SettingsFiles } from '../settings/save/save'
import { secretPaths } from '../settings/save/secret-change'
import { createSecretTimes, type SecretTimes } from '../settings/save/secret-times'
import type { Settings } from '../settings/schema'
import type { SettingsStatus, SettingsStore } from '../settings/store'
import { type PortFault, tryOut, type Warning } from '../trials'
import { type SaveOutcome, saveSettings, type SettingsSharing } from './save-settings'
import { createSettingsAgreement, type SettingsAgreement } from './settings-agreement'

/** The settings for people who change them while the gateway runs. */
export interface SettingsEditing {
  readonly history: History
  readonly agreement: SettingsAgreement
  view(): SettingsView
  /** gateway.yaml as it is now. */
  text(): { readonly version: string; readonly text: string }
  /** What would come of an edit; tries out what is new in it. */
  validate(edit: SettingsEdit): Promise<Validation>
  /** Saves, and has every process take it; what one of them can't do is put back. */
  save(edit: SettingsEdit, author: Author): Promise<SaveOutcome>
  /** The same, for this gateway alone. */
  apply(edit: SettingsEdit, author: Author): Promise<SaveOutcome>
  /** Equal as long as both files are. */
  stamp(): string
}

export interface SettingsView {
  /** Of gateway.yaml as it is now, which is not in force when it is invalid. */
  readonly version: string
  /** In force, defaults included. */
  readonly values: Settings
  /** What gateway.yaml says; nothing when it can't be read as YAML. */
  readonly written: unknown
  readonly secrets: readonly { readonly path: SettingsPath; readonly setAt: number }[]
  readonly status: SettingsStatus
}

export interface Validation {
  readonly errors: readonly SettingsError[]
  readonly warnings: readonly Warning[]
  /** Unified, of gateway.yaml. */
  readonly diff: string
  readonly conflicts: readonly Conflict[]
}

export interface SettingsEditingOptions {
  readonly store: SettingsStore
  readonly context: SettingsContext
  readonly instanceDir: string
  readonly bus: Bus
  readonly role: ProcessRole
  readonly resolver: Resolver
  readonly log: Log
  readonly sharing?: SettingsSharing
}

const ALONE: SettingsSharing = {
  share: () => Promise.resolve({ kind: 'alone' }),
  catchUp: () => Promise.resolve(),
}

const TRY_PORT = 'try-port'

interface Parts extends SettingsEditingOptions {
  readonly files: SettingsFiles
  readonly history: History
  readonly secretTimes: SecretTimes
  readonly agreement: SettingsAgreement
  readonly sharing: SettingsSharing
}

export function createSettingsEditing(options: SettingsEditingOptions): SettingsEditing {
  const { store, context, instanceDir, bus, role } = options
  const stateDir = join(instanceDir, 'state')
  const history = createHistory({ folder: join(stateDir, 'history') })
  const secretTimes = createSecretTimes(join(stateDir, 'secrets-set.json'), secretsFile(context))
  const files = createSettingsFiles({ context, stateDir, history, secretTimes, clock: systemClock })
  const agreement = createSettingsAgreement(store, bus, role)
  const sharing = options.sharing ?? ALONE
  const parts: Parts = { ...options, files, history, secretTimes, agreement, sharing }
  // Only the master may open the ports of all.
  bus.answer(TRY_PORT, (endpoint) => (isLeader(role) ? openPort(endpoint) : undefined))
  if (isLeader(role)) recordHandEdits(parts)
  return {
    history,
    agreement,
    view: () => viewOf(parts),
    text() {
      const { settings } = files.read()
      return { version: versionOf(settings), text: settings }
    },
    validate: (edit) => validate(parts, edit),
    async save(edit, author) {
      // What was missed would be in the way of sharing.
      await sharing.catchUp()
      return saveSettings(parts, edit, author)
    },
    apply: (edit, author) => saveSettings({ ...parts, sharing: ALONE }, edit, author),
    stamp() {
      const { settings, secrets } = files.read()
      return `${versionOf(settings)} ${JSON.stringify(plainValue(secrets))}`
    },
  }
}

const secretsFile = ({ configDir }: SettingsContext): string => join(configDir, 'gateway.secrets.yaml')

/** What was written into the files, also while the gateway was not running. */
function recordHandEdits({ store, files, log }: Parts): void {
  let secrets: unknown
  store.onTexts(async (loaded) => {
    const before = secrets
    secrets = plainValue(loaded.texts.secrets)
    try {
      await files.recordByHand(loaded, before ?? secrets)
    } catch (error) {
      log.warn(`settings: the history could not be kept: ${(error as Error).message}`)
    }
  })
}

function viewOf({ files, store, context, secretTimes }: Parts): SettingsView {
  const { settings, secrets } = files.read()
  const changedAt = statSync(secretsFile(context), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return {
    version: versionOf(settings),
    values: store.current().settings,
    written: plainValue(settings),
    secrets: secretPaths(plainValue(secrets)).map((path) => ({
      path,
      setAt: secretTimes.of(path) ?? Math.floor(changedAt),
    })),
    status: store.status(),
  }
}

async function validate(parts: Parts, edit: SettingsEdit): Promise<Validation> {
  const now = parts.files.read()
  const isCurrent = edit.base === versionOf(now.settings)
  const { merged, conflicts } = isCurrent
    ? { merged: undefined, conflicts: [] }
    : meet(parts.history.textOf(edit.base), now.settings, edit.gateway)
  const gateway = merged ? ({ kind: 'changes', changes: merged } as const) : edit.gateway
  const draft = draftOf(now, { ...edit, gateway }, parts.context)
  if (draft.kind === 'invalid') {
    const diff = unifiedDiff('gateway.yaml', now.settings, draft.text)
    return { errors: draft.errors, warnings: [], diff, conflicts }
  }
  const diff = unifiedDiff('gateway.yaml', now.settings, draft.texts.settings)
  return { errors: [], warnings: await warningsOf(parts, draft.loaded), diff, conflicts }
}

function warningsOf(
  { store, context, instanceDir, resolver, bus }: Parts,
  next: Parameters<typeof tryOut>[0]['next'],
): Promise<readonly Warning[]> {
  const { configDir, hostname } = context
  return tryOut({
    next,
    now: store.current(),
    configDir,
    hostname,
    instanceDir,
    resolver,
    tryPort: async (endpoint) => {
      const answers = await bus.ask(TRY_PORT, endpoint)
      return answers.map(({ answer }) => answer).find((answer) => answer !== undefined) as
        PortFault | undefined
    },
  })
}

/** `undefined` is also what others than the leader answer. */
function openPort(endpoint: unknown): Promise<PortFault | undefined> {
  return tryPort(endpoint as { host: string; port: number })
}
