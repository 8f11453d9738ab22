import type { Log } from '../log'
import { type Change, differences } from '../settings/edit/change'
import type { Conflict } from '../settings/edit/merge'
import { unifiedDiff } from '../settings/edit/unified-diff'
import { type SettingsTexts, versionOf } from '../settings/load'
import { gatewayText, meet, plainValue, type SettingsEdit } from '../settings/save/draft'
import type { History } from '../settings/save/history'
import type { Author, SaveResult, SettingsFiles } from '../settings/save/save'
import type { Settings } from '../settings/schema'
import type { SettingsStore } from '../settings/store'
import type { FleetSharing } from './fleet-desk'
import type { Agreement, SettingsAgreement } from './settings-agreement'

export type SaveOutcome =
  | {
      readonly kind: 'applied'
      readonly version: string
      readonly historyId?: string
      readonly agreement: Agreement
      readonly fleet: FleetSharing
    }
  /** Some process could not do it. `isBack`: the settings before are in the files again. */
  | { readonly kind: 'not applied'; readonly isBack: boolean; readonly agreement: Agreement }
  | { readonly kind: 'conflict'; readonly conflict: SaveConflict }
  | Extract<SaveResult, { kind: 'invalid' | 'failed' }>

export interface SaveConflict {
  /** `values` are in force, `written` is what gateway.yaml says. */
  readonly current: { readonly version: string; readonly values: Settings; readonly written: unknown }
  /** Unified diffs from the version that was edited; empty when that is not known any more. */
  readonly theirs: string
  readonly mine: string
  /** Those of the changes that can be made to the current version. */
  readonly merged: readonly Change[]
  readonly conflicts: readonly Conflict[]
}

export interface SavingParts {
  readonly files: SettingsFiles
  readonly history: History
  readonly agreement: SettingsAgreement
  readonly store: SettingsStore
  readonly log: Log
  readonly sharing: SettingsSharing
}

/** How saved settings get to the other gateways of a fleet. */
export interface SettingsSharing {
  /** `saved`: gateway.yaml as it is to be for all. */
  share(author: Author, saved: string): Promise<FleetSharing>
  /** Takes what the others have. */
  catchUp(): Promise<void>
}

/** Saves, and has every process take it; what one of them can't do is put back. */
export async function saveSettings(
  parts: SavingParts,
  edit: SettingsEdit,
  author: Author,
): Promise<SaveOutcome> {
  const { files, agreement, log } = parts
  const faultsBefore = await agreement.faults()
  const result = await files.save(edit, author)
  switch (result.kind) {
    case 'conflict':
      return { kind: 'conflict', conflict: conflictOf(parts, result.now, edit) }
    case 'invalid':
    case 'failed':
      return result
    case 'unchanged':
      return {
        kind: 'applied',
        version: result.version,
        agreement: await agreement.reach(result.version, [], []),
        fleet: { kind: 'alone' },
      }
    case 'saved': {
      const { loaded, historyId } = result
      const keys = changedKeys(result.before, loaded.texts)
      const reached = await agreement.reach(loaded.version, keys, faultsBefore)
      if (reached.faults.length === 0) {
        const fleet = await parts.sharing.share(author, loaded.texts.settings)
        if (fleet.kind === 'overtaken') return giveWay(parts, result, edit, author)
        return { kind: 'applied', version: loaded.version, historyId, agreement: reached, fleet }
      }
      const reason = reached.faults.map(({ text }) => text).join('; ')
      log.error(`settings: ${author.by} saved what cannot be done: ${reason}`)
      return {
        kind: 'not applied',
        isBack: await putBack(parts, result, reason, author),
        agreement: reached,
      }
    }
  }
}

/** Another gateway of the fleet has shared settings meanwhile: its settings count, and ours have to meet them. */
async function giveWay(
  parts: SavingParts,
  saved: Extract<SaveResult, { kind: 'saved' }>,
  edit: SettingsEdit,
  author: Author,
): Promise<SaveOutcome> {
  await putBack(parts, saved, 'another gateway of the fleet was first', author)
  await parts.sharing.catchUp()
  return { kind: 'conflict', conflict: conflictOf(parts, parts.files.read(), edit) }
}

async function putBack(
  { files, agreement }: SavingParts,
  saved: Extract<SaveResult, { kind: 'saved' }>,
  reason: string,
  { by }: Author,
): Promise<boolean> {
  const note = `put back by the gateway: ${reason}`.slice(0, 500)
  const isBack = await files.putBack(saved, { by, via: 'rollback', note })
  if (isBack) await agreement.reach(versionOf(saved.before.settings), [], [])
  return isBack
}

function changedKeys(before: SettingsTexts, after: SettingsTexts): string[] {
  const keys = (file: keyof SettingsTexts): string[] =>
    differences(plainValue(before[file]), plainValue(after[file])).map(({ path }) => String(path[0]))
  return [...keys('settings'), ...keys('secrets')]
}

function conflictOf({ history, store }: SavingParts, now: SettingsTexts, edit: SettingsEdit): SaveConflict {
  const base = history.textOf(edit.base)
  const mine = base === undefined ? undefined : gatewayText(base, edit.gateway)
  return {
    current: {
      version: versionOf(now.settings),
      values: store.current().settings,
      written: plainValue(now.settings),
    },
    theirs: base === undefined ? '' : unifiedDiff('gateway.yaml', base, now.settings),
    mine: base === undefined || mine?.kind !== 'ok' ? '' : unifiedDiff('gateway.yaml', base, mine.text),
    ...meet(base, now.settings, edit.gateway),
  }
}
