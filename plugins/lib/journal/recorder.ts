import { itemText } from '../lists/item-text'
import type { Finding } from '../lists/types'
import { decide, type Decision, type Ended, type EndedTransaction } from './decision'
import type {
  ClearRecord,
  ClientRecord,
  DeliveryRecord,
  FindingRecord,
  JournalRecord,
  RecipientRecord,
} from './record'

/** What is known of a transaction, or of a session without one, when it ended. */
export interface Facts {
  readonly now: number
  readonly startedAt: number
  readonly session: string
  readonly client: ClientRecord
  readonly ended: Ended
  readonly message: MessageFacts | undefined
  readonly findings: readonly Finding[]
  readonly score: number
  readonly skips: readonly string[]
}

export interface MessageFacts {
  /** Of the transaction. */
  readonly id: string
  readonly sender: string
  readonly messageId: string | undefined
  readonly fromDomain: string | undefined
  readonly subject: string | undefined
  /** Whether the outbound queue has it. */
  readonly isQueued: boolean
  readonly nextHop: string | undefined
  readonly marks: readonly string[]
  readonly wouldRefuse: readonly string[]
}

const MAX_RECIPIENTS = 500
const MAX_FINDINGS = 200
const REF = /\(ref ([0-9A-HJKMNP-TV-Z]{6})\)/g

/**
 * Made for each message, so without spreads of what may be missing: objects that are put together that way cost ten
 * times as much.
 */
export function createRecord(facts: Facts): JournalRecord {
  const { ended, message, now, startedAt } = facts
  const decision = decide(ended)
  const { transaction } = ended
  const recipients = transaction ? describeRecipients(ended, transaction, decision) : []
  const wouldRefuse = message?.wouldRefuse ?? []
  const { findings, clear, moreFindings } = describeFindings(facts.findings)
  const isLong = recipients.length > MAX_RECIPIENTS
  return {
    time: now,
    durationMs: Math.max(0, Math.round(now - startedAt)),
    session: facts.session,
    transaction: message?.id,
    refs: refsIn(decision, recipients, wouldRefuse),
    client: facts.client,
    sender: message?.sender,
    recipients: isLong ? recipients.slice(0, MAX_RECIPIENTS) : recipients,
    moreRecipients: isLong ? recipients.length - MAX_RECIPIENTS : undefined,
    size: sizeOf(transaction),
    messageId: message?.messageId,
    fromDomain: message?.fromDomain,
    subject: message?.subject,
    findings,
    clear,
    moreFindings,
    score: facts.score,
    skips: facts.skips,
    marks: message?.marks ?? [],
    outcome: decision.outcome,
    reply: decision.reply,
    by: decision.by,
    wouldRefuse,
    delivery: message && describeDelivery(message, decision),
  }
}

const sizeOf = (transaction: EndedTransaction | undefined): number | undefined =>
  transaction && transaction.bytes > 0 ? transaction.bytes : undefined

function refsIn(
  { reply }: Decision,
  recipients: readonly RecipientRecord[],
  wouldRefuse: readonly string[],
): readonly string[] {
  const texts = [reply, ...recipients.map((recipient) => recipient.reply), ...wouldRefuse]
  const refs = texts.flatMap((text) =>
    text?.includes('(ref ') === true ? [...text.matchAll(REF)].map(([, ref = '']) => ref) : [],
  )
  return refs.length > 1 ? [...new Set(refs)] : refs
}

/** Recipients that were accepted share the fate of the message. */
function describeRecipients(
  { denials }: Ended,
  { recipients }: EndedTransaction,
  decision: Decision,
): readonly RecipientRecord[] {
  const fate = decision.outcome === 'partly' ? 'accepted' : decision.outcome
  return recipients.map(({ address, outcome, reply }) => {
    if (outcome === 'accepted') return { address, outcome: fate }
    const denial = denials.findLast(({ recipient }) => recipient === address)
    return { address, outcome, reply: reply === decision.reply ? undefined : reply, by: denial?.plugin }
  })
}

function describeDelivery(
  { isQueued, nextHop }: MessageFacts,
  { outcome, reply }: Decision,
): DeliveryRecord | undefined {
  if (outcome !== 'accepted' && outcome !== 'partly') return undefined
  return { state: isQueued ? 'queued' : 'delivered', nextHop, answer: reply, events: [] }
}

/** A newsletter has hundreds of findings that say nothing, so they are kept in short and counted at last. */
function describeFindings(
  all: readonly Finding[],
): Pick<JournalRecord, 'findings' | 'clear' | 'moreFindings'> {
  const isClear = (finding: Finding): finding is ClearFinding => finding.kind === 'clear'
  const clear = all.filter(isClear)
  const findings =
    clear.length === all.length ? [] : oncePerReason(all).slice(0, MAX_FINDINGS).map(describeFinding)
  const kept = clear.slice(0, MAX_FINDINGS)
  const asked = all.length - countSkipped(all)
  const more = asked - kept.length - (findings.length - countSkipped(findings))
  return { findings, clear: describeClear(kept), moreFindings: more > 0 ? more : undefined }
}

const countSkipped = (findings: readonly { readonly kind: string }[]): number =>
  findings.reduce((count, { kind }) => (kind === 'skipped' ? count + 1 : count), 0)

function describeClear(findings: readonly ClearFinding[]): readonly ClearRecord[] {
  const clear = new Map<string, { id: string; list: string; items: string[]; ms: number[] }>()
  for (const { listId: id, list, item, ms } of findings) {
    const known = clear.get(id)
    if (known) {
      known.items.push(itemText(item))
      known.ms.push(ms)
    } else {
      clear.set(id, { id, list, items: [itemText(item)], ms: [ms] })
    }
  }
  return [...clear.values()]
}

type ClearFinding = Extract<Finding, { kind: 'clear' }>
type TellingFinding = Exclude<Finding, ClearFinding>

/** A list that is suspended is skipped for each of a hundred names; once is enough. Listings come first. */
function oncePerReason(all: readonly Finding[]): readonly TellingFinding[] {
  const telling = all.filter((finding): finding is TellingFinding => finding.kind !== 'clear')
  const skipped = telling.filter((finding) => finding.kind === 'skipped')
  const first = new Map(
    skipped.toReversed().map((finding) => [`${finding.listId} ${finding.reason}`, finding]),
  )
  const others = telling.filter(({ kind }) => kind !== 'skipped')
  return [...others.toSorted((a, b) => b.kind.localeCompare(a.kind)), ...first.values()]
}

function describeFinding(finding: TellingFinding): FindingRecord {
  const { kind, listId: id, list } = finding
  const item = itemText(finding.item)
  switch (kind) {
    case 'listed': {
      const { codes, action, score, ms } = finding
      return { kind, id, list, item, codes, action, score, ms }
    }
    case 'error':
      return { kind, id, list, item, reason: finding.reason, ms: finding.ms }
    case 'skipped':
      return { kind, id, list, item, reason: finding.reason }
  }
}
