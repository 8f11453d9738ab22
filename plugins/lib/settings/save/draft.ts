import { applyChanges, type Change, changeFaults, type ChangeFault, differences } from '../edit/change'
import { type Conflict, mergeChanges } from '../edit/merge'
import { editYaml } from '../edit/yaml-edit'
import type { SettingsError } from '../errors'
import { type LoadedSettings, loadTexts, type SettingsTexts } from '../load'
import type { SettingsContext } from '../parse'
import { readYaml } from '../yaml-text'
import { changeSecrets, type SecretChange } from './secret-change'

/** What somebody wants to make of the settings. */
export interface SettingsEdit {
  /** The version of gateway.yaml that it was made for. */
  readonly base: string
  readonly gateway: GatewayEdit
  readonly secrets: readonly SecretChange[]
}

export type GatewayEdit =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'text'; readonly text: string }

export type Draft =
  | { readonly kind: 'ok'; readonly texts: SettingsTexts; readonly loaded: LoadedSettings }
  /** `text`: what gateway.yaml would be, as far as it could be made. */
  | { readonly kind: 'invalid'; readonly errors: readonly SettingsError[]; readonly text: string }

/** The settings after an edit of `now`, whatever version it was made for, checked as a running gateway checks them. */
export function draftOf(
  now: SettingsTexts,
  edit: Omit<SettingsEdit, 'base'>,
  context: SettingsContext,
): Draft {
  const gateway = gatewayText(now.settings, edit.gateway)
  const secrets = changeSecrets(now.secrets, edit.secrets)
  const errors = [
    ...(gateway.kind === 'ok'
      ? []
      : gateway.faults.map((fault) => ({ file: 'gateway.yaml' as const, ...fault }))),
    ...(secrets.kind === 'ok'
      ? []
      : secrets.faults.map((fault) => ({ file: 'gateway.secrets.yaml' as const, ...fault }))),
  ]
  const text = gateway.kind === 'ok' ? gateway.text : now.settings
  if (gateway.kind === 'invalid' || secrets.kind === 'invalid') return { kind: 'invalid', errors, text }
  const texts = { settings: gateway.text, secrets: secrets.text }
  const result = loadTexts(texts, context)
  return result.kind === 'ok' ? { kind: 'ok', texts, loaded: result.loaded } : { ...result, text }
}

type GatewayText =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'invalid'; readonly faults: readonly ChangeFault[] }

/** The text of gateway.yaml after an edit, not checked. */
export function gatewayText(text: string, edit: GatewayEdit): GatewayText {
  if (edit.kind === 'text') return textFault(edit.text) ?? { kind: 'ok', text: edit.text }
  if (edit.changes.length === 0) return { kind: 'ok', text }
  const faults = changeFaults(edit.changes)
  if (faults.length > 0) return { kind: 'invalid', faults }
  // Anything added to a file that was lost would make all the rest of it defaults.
  if (text.trim() === '') return oneFault('gateway.yaml is empty or gone: put its text back first')
  const yaml = readYaml(text)
  if (yaml.kind === 'invalid') return oneFault('gateway.yaml is not valid YAML as it is: mend its text first')
  const applied = applyChanges(yaml.value, edit.changes)
  if (applied.kind === 'invalid') return applied
  const edited = editYaml(text, applied.value)
  if (edited === undefined)
    return oneFault('gateway.yaml is written too oddly to be edited here: edit its text')
  return { kind: 'ok', text: edited }
}

/** An empty file is taken for a lost one. */
function textFault(text: string): GatewayText | undefined {
  if (text.trim() === '') return oneFault('is empty: write {} for all defaults')
  if (text.includes('\0')) return oneFault('holds a NUL character')
  return text.isWellFormed() ? undefined : oneFault('must be text that has a form in UTF-8')
}

function oneFault(message: string): GatewayText {
  return { kind: 'invalid', faults: [{ path: [], message }] }
}

/** How an edit meets what others did since its base. */
export interface Meeting {
  readonly merged: readonly Change[]
  readonly conflicts: readonly Conflict[]
}

/**
 * `base`: the text that the edit was made for, or undefined when nobody has it any more: then all is in conflict.
 * A text as a whole is one change of everything that it changes.
 */
export function meet(base: string | undefined, now: string, edit: GatewayEdit): Meeting {
  const current = plainValue(now)
  if (base === undefined) {
    const changes = edit.kind === 'changes' ? edit.changes : []
    return { merged: [], conflicts: changes.map(({ path, value }) => ({ path, mine: value })) }
  }
  const before = plainValue(base)
  const mine = edit.kind === 'changes' ? edit.changes : differences(before, plainValue(edit.text))
  return mergeChanges(before, current, mine)
}

/** The settings as they are written; an unreadable text says nothing. */
export function plainValue(text: string): unknown {
  const yaml = readYaml(text)
  return yaml.kind === 'ok' ? (yaml.value ?? {}) : {}
}
