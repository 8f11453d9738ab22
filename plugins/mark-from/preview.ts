import type { MarkPreview, PreviewedClient } from '../lib/gateway/previews'
import type { MarkFromSettings } from '../lib/settings/mark-from'
import { createMarkFrom, type MarkOutcome } from './mark'
import { technicalSender } from './technical-sender'

export interface PreviewOptions extends PreviewedClient {
  readonly ownDomains?: readonly string[]
}

/** What would happen to a From. */
export function previewMark(
  fromHeader: string,
  envelopeAddress: string,
  settings: MarkFromSettings,
  { ownDomains = [], ip = '192.0.2.1', helo }: PreviewOptions = {},
): MarkPreview {
  const sender = technicalSender({
    envelopeHost: envelopeHost(envelopeAddress),
    helo: helo ?? null,
    isHeloConfirmed: helo !== undefined,
    ip,
  })
  const from = fromHeader.replace(/^from[ \t]*:/i, '').trim()
  const markFrom = createMarkFrom({ ...settings, domains: [] }, ownDomains)
  const outcome = markFrom({ fields: [from], sender, recipientDomains: [] })
  return {
    from,
    ...describe(outcome, from),
    notes: notesOf(settings, sender.source === 'client' ? ip : null),
  }
}

/** The same as lines of text. */
export function previewLines({ kind, from, after, why, notes }: MarkPreview): string[] {
  const said = notes.map((note) => `note: ${note}`)
  if (kind === 'reject') return [`rejected: 550 5.6.0 ${why.join('; ')}`, ...said]
  if (kind === 'unchanged') return [`From: ${from}`, `unchanged: ${why.join('; ')}`, ...said]
  const fields = kind === 'tagged' ? [`From: ${from}`, after ?? ''] : [`From: ${after ?? from}`]
  return [...fields, ...why.map((reason) => `why: ${reason}`), ...said]
}

function envelopeHost(address: string): string | null {
  const bare = address.trim().replace(/^<|>$/g, '')
  // `MAIL FROM:<postmaster>` has no host either.
  return bare.includes('@') ? bare.slice(bare.lastIndexOf('@') + 1) : null
}

function describe(outcome: MarkOutcome, from: string): Pick<MarkPreview, 'kind' | 'after' | 'why'> {
  switch (outcome.kind) {
    case 'unchanged':
      return { kind: 'unchanged', why: [outcome.why] }
    case 'reject':
      return { kind: 'reject', why: [outcome.reason] }
    case 'tagged':
      return { kind: 'tagged', after: `X-Gateway-Via: ${outcome.domain}`, why: outcome.why }
    case 'marked':
      return { kind: 'marked', after: outcome.values[0] ?? from, why: outcome.why }
  }
}

function notesOf(settings: MarkFromSettings, ip: string | null): string[] {
  const notes: string[] = []
  if (ip !== null && settings.null_sender === 'helo') {
    notes.push(`no envelope sender; ${ip} stands for the client, whose confirmed HELO name would be shown`)
  }
  if (!settings.enabled) notes.push('mark_from.enabled is false, so mail is not marked')
  if (settings.domains.length > 0) notes.push(`only for recipients in ${settings.domains.join(', ')}`)
  return notes
}
