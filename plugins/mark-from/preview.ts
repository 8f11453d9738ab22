import type { MarkFromSettings } from '../lib/settings/mark-from'
import { createMarkFrom, type MarkOutcome } from './mark'
import { technicalSender } from './technical-sender'

/** What would happen to a From, as lines of text for the command line. */

export interface PreviewOptions {
  readonly ownDomains?: readonly string[]
  /** The client, for messages without envelope sender. */
  readonly ip?: string
  /** Its HELO name, taken as confirmed. */
  readonly helo?: string
}

export function previewMark(
  fromHeader: string,
  envelopeAddress: string,
  settings: MarkFromSettings,
  { ownDomains = [], ip = '192.0.2.1', helo }: PreviewOptions = {},
): string[] {
  const sender = technicalSender({
    envelopeHost: envelopeHost(envelopeAddress),
    helo: helo ?? null,
    isHeloConfirmed: helo !== undefined,
    ip,
  })
  const value = fromHeader.replace(/^from[ \t]*:/i, '').trim()
  const markFrom = createMarkFrom({ ...settings, domains: [] }, ownDomains)
  const outcome = markFrom({ fields: [value], sender, recipientDomains: [] })
  return [...outcomeLines(outcome, value), ...noteLines(settings, sender.source === 'client' ? ip : null)]
}

function envelopeHost(address: string): string | null {
  const bare = address.trim().replace(/^<|>$/g, '')
  // `MAIL FROM:<postmaster>` has no host either.
  return bare.includes('@') ? bare.slice(bare.lastIndexOf('@') + 1) : null
}

function outcomeLines(outcome: MarkOutcome, value: string): string[] {
  switch (outcome.kind) {
    case 'unchanged':
      return [`From: ${value}`, `unchanged: ${outcome.why}`]
    case 'reject':
      return [`rejected: 550 5.6.0 ${outcome.reason}`]
    case 'tagged':
      return [
        `From: ${value}`,
        `X-Gateway-Via: ${outcome.domain}`,
        ...outcome.why.map((why) => `why: ${why}`),
      ]
    case 'marked':
      return [`From: ${outcome.values[0] ?? value}`, ...outcome.why.map((why) => `why: ${why}`)]
  }
}

function noteLines(settings: MarkFromSettings, ip: string | null): string[] {
  const notes: string[] = []
  if (ip !== null && settings.null_sender === 'helo') {
    notes.push(
      `note: no envelope sender; ${ip} stands for the client, whose confirmed HELO name would be shown`,
    )
  }
  if (!settings.enabled) notes.push('note: mark_from.enabled is false, so mail is not marked')
  if (settings.domains.length > 0) notes.push(`note: only for recipients in ${settings.domains.join(', ')}`)
  return notes
}
