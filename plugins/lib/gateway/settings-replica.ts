import { createHash } from 'node:crypto'
import { CHANGED_MEANWHILE, type Replica } from '../fleet/replica'
import type { ListFolder } from '../list-files/list-folder'
import { valueAt } from '../settings/edit/merge'
import type { SettingsPath } from '../settings/errors'
import { formatError } from '../settings/format-errors'
import { sharedFingerprint, sharedText, withOwn } from '../settings/own-settings'
import { plainValue } from '../settings/save/draft'
import type { SecretChange } from '../settings/save/secret-change'
import type { SaveOutcome } from './save-settings'
import type { SettingsEditing } from './settings-editing'

/** Name of the settings among the documents of a fleet. */
export const SETTINGS = 'gateway.yaml'

/** gateway.yaml as a fleet shares it: taken through the same checks and trials as what somebody saves here. */
export function createSettingsReplica(
  editing: Pick<SettingsEditing, 'text' | 'view' | 'apply' | 'stamp'>,
  listFiles: Pick<ListFolder, 'stamp'>,
): Replica {
  const fingerprint = remembered(sharedFingerprint)
  return {
    read: () => sharedText(editing.text().text),
    fingerprint,
    async take({ text: shared, by, node, note = '' }, over) {
      const now = editing.text()
      if (over && fingerprint(now.text) !== over.fingerprint) return CHANGED_MEANWHILE
      const text = withOwn(shared, now.text)
      const secrets = strayPasswords(editing.view().secrets, now.text, text)
      const outcome = await editing.apply(
        { base: now.version, gateway: { kind: 'text', text }, secrets },
        { by, via: 'fleet', note: `on ${node}${note === '' ? '' : `: ${note}`}`.slice(0, 500) },
      )
      return faultOf(outcome)
    },
    // Settings are not valid without the list files that they name.
    circumstances: () => `${editing.stamp()}\n${listFiles.stamp()}`,
    yields: true,
  }
}

/** A next hop that is gone for all takes its password with it: left over, it would be an error. */
function strayPasswords(
  secrets: readonly { readonly path: SettingsPath }[],
  before: string,
  after: string,
): readonly SecretChange[] {
  const isHop = (text: string, domain: string | number): boolean =>
    valueAt(plainValue(text), ['next_hops', domain]) !== undefined
  return secrets.flatMap(({ path }) => {
    const [section, domain = ''] = path
    const isStray = section === 'next_hops' && isHop(before, domain) && !isHop(after, domain)
    return isStray ? [{ path, value: null }] : []
  })
}

function faultOf(outcome: SaveOutcome): string | undefined {
  switch (outcome.kind) {
    case 'applied':
      return undefined
    case 'invalid':
      return outcome.errors
        .map((error) => formatError(error))
        .join('; ')
        .slice(0, 900)
    case 'not applied':
      return outcome.agreement.faults
        .map(({ text }) => text)
        .join('; ')
        .slice(0, 900)
    case 'failed':
      return outcome.reason
    case 'conflict':
      return CHANGED_MEANWHILE
  }
}

/** A long text is asked about again and again. */
function remembered(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const key = createHash('sha256').update(text).digest('base64')
    const value = known.get(key) ?? compute(text)
    known.set(key, value)
    if (known.size > 8) known.delete(known.keys().next().value ?? '')
    return value
  }
}
