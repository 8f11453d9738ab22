import type { DeliveryEvent, FindingRecord, JournalRecord, RecipientRecord } from '../lib/journal/record'
import { shown } from './table'
import { formatTime } from './time'

/** A record in one line. */
export function recordLine(record: JournalRecord): string {
  const { time, outcome, client, sender, recipients, reply = '', delivery } = record
  const state = delivery && delivery.state !== 'delivered' ? `${outcome}, ${delivery.state}` : outcome
  const [first, ...others] = recipients
  const to = first ? ` to ${first.address}${others.length > 0 ? ` and ${others.length} more` : ''}` : ''
  const envelope = sender === undefined ? '' : `<${sender}>${to}`
  return shown(
    [formatTime(time), state.padEnd(9), client.ip.padEnd(15), envelope, reply].filter(Boolean).join('  '),
  )
}

/** Everything a record holds, for people. */
export function recordText(record: JournalRecord): string {
  const lines = [
    `${formatTime(record.time)}  ${record.outcome}${record.refs.map((ref) => `  ref ${ref}`).join('')}`,
    ...section('client', clientLines(record)),
    ...section('from', record.sender === undefined ? [] : [`<${record.sender}>`]),
    ...section('to', record.recipients.map(recipientText)),
    ...section('', record.moreRecipients === undefined ? [] : [`and ${record.moreRecipients} more`]),
    ...section('message', messageLines(record)),
    ...section('reply', record.reply === undefined ? [] : [`${record.reply}${bySuffix(record.by)}`]),
    ...section(
      'would',
      record.wouldRefuse.map((what) => `refuse ${what}`),
    ),
    ...section('lists', record.findings.map(findingText)),
    ...section(
      'clear',
      record.clear.map(({ list, items, ms }) => `${list}: ${items.join(', ')}${slowest(ms)}`),
    ),
    ...section('score', record.score === 0 ? [] : [String(record.score)]),
    ...section('skipped', record.skips),
    ...section('changed', record.marks),
    ...section('delivery', deliveryLines(record)),
    ...section('session', [
      `${record.session}${record.transaction === undefined ? '' : `, transaction ${record.transaction}`}, ${record.durationMs} ms`,
    ]),
  ]
  return lines.map((line) => `${shown(line)}\n`).join('')
}

const LABEL_WIDTH = 10

function section(label: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, at) => `  ${(at === 0 ? label : '').padEnd(LABEL_WIDTH)}${text}`)
}

function clientLines({ client }: JournalRecord): readonly string[] {
  const { ip, name, helo, tls, user, port, trusted, allowlist } = client
  return [
    [
      `${ip}${name === undefined ? '' : ` (${name})`}`,
      helo === undefined ? '' : `HELO ${helo}`,
      `port ${port}`,
      tls ?? '',
      user === undefined ? '' : `signed in as ${user}`,
    ]
      .filter(Boolean)
      .join(', '),
    ...(trusted === undefined ? [] : [`not judged by lists: ${trusted}`]),
    ...(allowlist === undefined ? [] : [`on the allowlist ${allowlist}`]),
  ]
}

function messageLines({ messageId, fromDomain, subject, size }: JournalRecord): readonly string[] {
  const facts = [
    messageId === undefined ? '' : `<${messageId}>`,
    fromDomain === undefined ? '' : `From ${fromDomain}`,
    size === undefined ? '' : `${size} bytes`,
  ].filter(Boolean)
  return [
    ...(facts.length > 0 ? [facts.join(', ')] : []),
    ...(subject === undefined ? [] : [`Subject: ${subject}`]),
  ]
}

function recipientText({ address, outcome, reply, by }: RecipientRecord): string {
  return `<${address}> ${outcome}${reply === undefined ? '' : `: ${reply}`}${bySuffix(by)}`
}

const bySuffix = (by: string | undefined): string => (by === undefined ? '' : ` [${by}]`)

function findingText(finding: FindingRecord): string {
  const { list, item } = finding
  switch (finding.kind) {
    case 'listed': {
      const codes = finding.codes.map(({ code, meaning, action }) => `${code} ${meaning} (${action})`)
      const score = finding.score === 0 ? '' : `, score ${finding.score}`
      return `${list} lists ${item}: ${codes.join(', ')}${score}, ${finding.ms} ms`
    }
    case 'error':
      return `${list} gave no answer about ${item}: ${finding.reason}, ${finding.ms} ms`
    case 'skipped':
      return `${list} was not asked: ${finding.reason}`
  }
}

const slowest = (ms: readonly number[]): string => (ms.length === 0 ? '' : `, ${Math.max(...ms)} ms`)

function deliveryLines({ delivery }: JournalRecord): readonly string[] {
  if (!delivery) return []
  const { state, nextHop, events } = delivery
  return [`${state}${nextHop === undefined ? '' : ` to ${nextHop}`}`, ...events.map(eventText)]
}

function eventText({ time, kind, recipients, nextHop, answer, retrySeconds }: DeliveryEvent): string {
  const where = nextHop === undefined ? '' : ` to ${nextHop}`
  const next = retrySeconds === undefined ? '' : `; next attempt in ${retrySeconds} s`
  return `${formatTime(time)} ${kind}${where}: ${recipients.map((to) => `<${to}>`).join(', ')}: ${answer}${next}`
}
