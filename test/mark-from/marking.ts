import { decodeEncodedWords, textOf } from '../../plugins/mark-from/encoded-word'
import { createMarkFrom, type MarkOutcome } from '../../plugins/mark-from/mark'
import type { TechnicalSender } from '../../plugins/mark-from/technical-sender'
import { markFromSettings, type MarkFromSettings } from '../../plugins/lib/settings/mark-from'

export function settingsWith(changes: object = {}): MarkFromSettings {
  return markFromSettings.parse({ enabled: true, ...changes })
}

/** What becomes of a message with one From and an envelope sender at `envelope`. */
export function outcomeOf(
  fields: string | readonly string[],
  envelope: string | TechnicalSender,
  changes: object = {},
  ownDomains: readonly string[] = [],
): MarkOutcome {
  return createMarkFrom(
    settingsWith(changes),
    ownDomains,
  )({
    fields: typeof fields === 'string' ? [fields] : fields,
    sender: typeof envelope === 'string' ? { host: envelope, source: 'envelope' } : envelope,
    recipientDomains: ['our.example'],
  })
}

/** The new value of From, or null when it stays. */
export function marked(from: string, envelope: string, changes: object = {}): string | null {
  const outcome = outcomeOf(from, envelope, changes)
  if (outcome.kind === 'unchanged') return null
  if (outcome.kind === 'reject') throw new Error(outcome.reason)
  return outcome.values[0] ?? null
}

/** As a reader shows it: unfolded and decoded. */
export function shown(value: string | null): string | null {
  return value === null ? null : textOf(decodeEncodedWords(value.replace(/\r\n/g, '')))
}
