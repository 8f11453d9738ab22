import { bare } from '../haraka/address'
import type { ResultEntry } from '../haraka/types'
import type { Finding } from '../lists/types'
import type { AnsweredRecipient, Ended, EndedTransaction } from './decision'
import { skipsIn, type Ending, type TransactionEnding } from './ending'
import { fromDomainOf, messageIdOf, subjectOf } from './header-facts'
import type { ListsSaid } from './lists-said'
import type { ClientRecord } from './record'
import type { Facts, MessageFacts } from './recorder'

/** What decides how it ended. */
export function endedOf({ reply, denials, transaction }: Ending): Ended {
  return { lastReply: oneLine(reply), denials, transaction: transaction && endedTransaction(transaction) }
}

const endedTransaction = ({ status, bytes, results }: TransactionEnding): EndedTransaction => ({
  isSenderTaken: results.get('mail_from')?.action === 'accept',
  recipients: answersOf(results.get('rcpt_to')?.recipient),
  status,
  bytes,
})

/** All there is for a record but what follows from the findings. */
export function factsOf(
  ending: Ending,
  { findings, allowlist }: ListsSaid,
  { withSubject }: { readonly withSubject: boolean },
): Omit<Facts, 'score'> {
  return {
    now: ending.time,
    startedAt: ending.startedAt,
    session: ending.session,
    client: clientOf(ending, allowlist),
    ended: endedOf(ending),
    message: ending.transaction && messageOf(ending.transaction, withSubject),
    findings,
    skips: withoutFindings(skipsOf(ending), findings),
  }
}

function clientOf(
  { ip, name, helo, cipher, user, port, trusted }: Ending,
  allowlist: string | undefined,
): ClientRecord {
  return {
    ip,
    name: name !== null && /^[^.]+\..+/.test(name) ? name : undefined,
    helo: helo?.slice(0, 255),
    tls: cipher && ([cipher.version, cipher.name].filter(Boolean).join(' ') || 'TLS'),
    user: typeof user === 'string' ? user.slice(0, 200) : undefined,
    port,
    trusted,
    allowlist,
  }
}

const NONE: readonly string[] = []

function messageOf(
  { id, sender, results, header, notes }: TransactionEnding,
  withSubject: boolean,
): MessageFacts {
  return {
    id,
    sender: bare(sender),
    messageId: messageIdOf(header),
    fromDomain: fromDomainOf(header),
    subject: withSubject ? subjectOf(header) : undefined,
    isQueued: hasEntries(results.get('outbound')?.pass),
    nextHop: notes.nextHop,
    marks: notes.marks ?? NONE,
    wouldRefuse: notes.wouldRefuse ?? NONE,
  }
}

const hasEntries = (entries: ResultEntry['pass']): boolean => entries !== undefined && entries.length > 0

function skipsOf({ skips, transaction }: Ending): readonly string[] {
  const ofTransaction = transaction ? skipsIn(transaction.results) : NONE
  return ofTransaction.length === 0 ? skips : [...skips, ...ofTransaction]
}

interface RecipientResult {
  readonly address: string
  readonly action: 'accept' | 'reject' | 'tempfail'
  readonly msg?: unknown
  readonly code?: number | string
}

const MAX_REPLY = 500

function answersOf(results: unknown): readonly AnsweredRecipient[] {
  if (!Array.isArray(results)) return []
  return (results as RecipientResult[]).map(({ address, action, msg, code }) => {
    if (action === 'accept') return { address, outcome: 'accepted', reply: undefined }
    const outcome = action === 'reject' ? 'refused' : 'deferred'
    const number = typeof code === 'number' ? code : outcome === 'refused' ? 550 : 450
    const text = typeof msg === 'string' ? msg : 'denied'
    return { address, outcome, reply: `${number} ${text}`.slice(0, MAX_REPLY) }
  })
}

/** Lists that were skipped stand among the findings. */
function withoutFindings(skips: readonly string[], findings: readonly Finding[]): readonly string[] {
  if (skips.length === 0) return skips
  const said = findings.flatMap((finding) =>
    finding.kind === 'skipped' ? [`: ${finding.list}: ${finding.reason}`] : [],
  )
  return skips.filter((skip) => !said.some((reason) => skip.endsWith(reason)))
}

/** The lines of a reply as one, the code once. */
function oneLine(reply: string): string {
  const lines = reply.trimEnd().split(/\r?\n/)
  const code = reply.slice(0, 3)
  return `${code} ${lines.map((line) => line.slice(4)).join(' ')}`.slice(0, MAX_REPLY).trim()
}
