import { itemText } from '../lists/item-text'
import type { Finding } from '../lists/types'
import type {
  ClientRecord,
  DeliveryRecord,
  FindingRecord,
  JournalRecord,
  Outcome,
  RecipientOutcome,
  RecipientRecord,
} from './record'

/** What is known of a transaction, or of a session without one, when it ends. */
export interface Facts {
  readonly now: number
  readonly startedAt: number
  readonly session: string
  readonly client: ClientRecord
  /** What the client was told last, with its code; empty when that was nothing. */
  readonly lastReply: string
  readonly denials: readonly Denial[]
  readonly findings: readonly Finding[]
  readonly score: number
  readonly skips: readonly string[]
  readonly transaction?: TransactionFacts
}

export interface TransactionFacts {
  readonly id: string
  readonly sender: string
  readonly isSenderTaken: boolean
  readonly recipients: readonly AnsweredRecipient[]
  /** How Haraka counts the message, once its last reply is sent. */
  readonly status: 'accepted' | 'rejected' | 'deferred' | undefined
  /** Of the message as far as it came. */
  readonly bytes: number
  readonly messageId?: string
  readonly fromDomain?: string
  readonly subject?: string
  /** Whether the outbound queue has it. */
  readonly isQueued: boolean
  readonly nextHop?: string
  readonly marks: readonly string[]
  readonly wouldRefuse: readonly string[]
}

export interface AnsweredRecipient {
  readonly address: string
  readonly outcome: RecipientOutcome
  readonly reply?: string
}

/** A hook in which a plugin refused something. */
export interface Denial {
  readonly hook: string
  readonly plugin: string
  /** Address whose RCPT it was. */
  readonly recipient?: string
}

const MAX_RECIPIENTS = 500
const MAX_FINDINGS = 200
const REF = /\(ref ([0-9A-HJKMNP-TV-Z]{6})\)/g

export function createRecord(facts: Facts): JournalRecord {
  const { transaction } = facts
  const decision = transaction ? decide(facts, transaction) : decideSession(facts)
  const recipients = transaction ? describeRecipients(facts, transaction, decision) : []
  const wouldRefuse = transaction?.wouldRefuse ?? []
  const texts = [decision.reply ?? '', ...recipients.map(({ reply }) => reply ?? ''), ...wouldRefuse]
  return {
    time: facts.now,
    durationMs: Math.max(0, Math.round(facts.now - facts.startedAt)),
    session: facts.session,
    refs: [...new Set(texts.flatMap((text) => [...text.matchAll(REF)].map(([, ref = '']) => ref)))],
    client: facts.client,
    ...(transaction && describeTransaction(transaction)),
    recipients: recipients.slice(0, MAX_RECIPIENTS),
    ...(recipients.length > MAX_RECIPIENTS && { moreRecipients: recipients.length - MAX_RECIPIENTS }),
    ...describeFindings(facts.findings),
    score: facts.score,
    skips: facts.skips,
    marks: transaction?.marks ?? [],
    ...decision,
    wouldRefuse,
    ...(transaction && describeDelivery(transaction, decision)),
  }
}

type Decision = Pick<JournalRecord, 'outcome' | 'reply' | 'by'>

function decideSession({ lastReply, denials }: Facts): Decision {
  return { outcome: outcomeOf(lastReply), reply: lastReply, ...by(denials.at(-1)) }
}

/** What ended the transaction: a reply to MAIL, to the message, or all those to RCPT together. */
function decide({ lastReply, denials }: Facts, transaction: TransactionFacts): Decision {
  const isRefusal = /^[45]/.test(lastReply)
  if (!transaction.isSenderTaken && isRefusal) {
    return { outcome: outcomeOf(lastReply), reply: lastReply, ...by(deniedIn(denials, 'mail')) }
  }
  const answers = transaction.recipients.map(({ outcome }) => outcome)
  if (transaction.status === 'accepted') {
    const isForAll = answers.every((outcome) => outcome === 'accepted')
    return { outcome: isForAll ? 'accepted' : 'partly', reply: lastReply }
  }
  // Haraka does not count a message that was refused before its end.
  const wasMessage = transaction.status !== undefined || transaction.bytes > 0
  if (wasMessage && isRefusal) {
    const denial = denials.findLast(({ hook }) => hook !== 'mail' && !hook.startsWith('rcpt'))
    return { outcome: outcomeOf(lastReply), reply: lastReply, ...by(denial) }
  }
  const last = transaction.recipients.at(-1)
  if (!last || answers.includes('accepted')) return { outcome: 'abandoned' }
  return {
    outcome: answers.includes('refused') ? 'refused' : 'deferred',
    ...(last.reply !== undefined && { reply: last.reply }),
    ...by(denials.findLast(({ hook }) => hook.startsWith('rcpt'))),
  }
}

/** Recipients that were accepted share the fate of the message. */
function describeRecipients(
  { denials }: Facts,
  { recipients }: TransactionFacts,
  decision: Decision,
): readonly RecipientRecord[] {
  const fate = decision.outcome === 'partly' ? 'accepted' : decision.outcome
  return recipients.map(({ address, outcome, reply }) => {
    if (outcome === 'accepted') return { address, outcome: fate }
    const denial = denials.findLast(({ recipient }) => recipient === address)
    return {
      address,
      outcome,
      ...(reply !== undefined && reply !== decision.reply && { reply }),
      ...by(denial),
    }
  })
}

function describeTransaction(facts: TransactionFacts): Partial<JournalRecord> {
  const { id, sender, bytes, messageId, fromDomain, subject } = facts
  return {
    transaction: id,
    sender,
    ...(bytes > 0 && { size: bytes }),
    ...(messageId !== undefined && { messageId }),
    ...(fromDomain !== undefined && { fromDomain }),
    ...(subject !== undefined && { subject }),
  }
}

function describeDelivery(
  { isQueued, nextHop }: TransactionFacts,
  { outcome, reply }: Decision,
): { readonly delivery?: DeliveryRecord } {
  if (outcome !== 'accepted' && outcome !== 'partly') return {}
  return {
    delivery: {
      state: isQueued ? 'queued' : 'delivered',
      ...(nextHop !== undefined && { nextHop }),
      ...(reply !== undefined && { answer: reply }),
      events: [],
    },
  }
}

/** A newsletter has hundreds of findings that say nothing, so they are kept in short and counted at last. */
function describeFindings(
  all: readonly Finding[],
): Pick<JournalRecord, 'findings' | 'clear' | 'moreFindings'> {
  const findings = oncePerReason(all).slice(0, MAX_FINDINGS).map(describeFinding)
  const clear = new Map<string, { id: string; list: string; items: string[]; ms: number[] }>()
  const isClear = (finding: Finding): finding is ClearFinding => finding.kind === 'clear'
  const kept = all.filter(isClear).slice(0, MAX_FINDINGS)
  for (const finding of kept) {
    const { listId: id, list, ms } = finding
    const known = clear.get(id) ?? { id, list, items: [], ms: [] }
    known.items.push(itemText(finding.item))
    known.ms.push(ms)
    clear.set(id, known)
  }
  const rest = all.filter(({ kind }) => kind !== 'skipped').length - kept.length
  const more = rest - findings.filter(({ kind }) => kind !== 'skipped').length
  return { findings, clear: [...clear.values()], ...(more > 0 && { moreFindings: more }) }
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
  const { kind, list } = finding
  const common = { id: finding.listId, list, item: itemText(finding.item) }
  switch (kind) {
    case 'listed': {
      const { codes, action, score, ms } = finding
      return { kind, ...common, codes, action, score, ms }
    }
    case 'error':
      return { kind, ...common, reason: finding.reason, ms: finding.ms }
    case 'skipped':
      return { kind, ...common, reason: finding.reason }
  }
}

const outcomeOf = (reply: string): Extract<Outcome, 'refused' | 'deferred'> =>
  reply.startsWith('4') ? 'deferred' : 'refused'

const deniedIn = (denials: readonly Denial[], wanted: string): Denial | undefined =>
  denials.findLast(({ hook }) => hook === wanted)

const by = (denial: Denial | undefined): { readonly by?: string } => (denial ? { by: denial.plugin } : {})
