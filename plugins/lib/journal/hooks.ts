import { bare } from '../haraka/address'
import { allFindings, messageNotes, sessionNotes } from '../haraka/notes'
import { observeHook } from '../haraka/observe'
import { rehearsalOf } from '../haraka/rehearsal'
import { whyTrusted } from '../haraka/session'
import type { HarakaAddress, HarakaConnection, HarakaPlugin, HarakaTransaction } from '../haraka/types'
import { judge, type Finding } from '../lists'
import type { Settings } from '../settings/schema'
import { fromDomainOf, messageIdOf, subjectOf } from './header-facts'
import type { Journal } from './journal'
import type { ClientRecord, DeliveryEvent, JournalRecord } from './record'
import { createRecord, type AnsweredRecipient, type Denial, type TransactionFacts } from './recorder'

/** What Haraka keeps about a session beyond what plugins use. */
type ObservedConnection = HarakaConnection & {
  readonly tran_count: number
  readonly last_reject: string | null
  readonly last_response?: string
  readonly tls: { readonly cipher?: { readonly name?: string; readonly version?: string } }
}
type ObservedTransaction = HarakaTransaction & { readonly msg_status?: TransactionFacts['status'] }

/** A mail of the outbound queue. */
interface OutboundMail {
  readonly todo: {
    readonly uuid: string
    readonly domain: string
    readonly rcpt_to: readonly HarakaAddress[]
  } | null
}

interface Session {
  readonly startedAt: number
  transactionAt: number
  denials: Denial[]
}

/** A client can make its session refuse without end. */
const MAX_DENIALS = 1000
const MAX_SKIPS = 50
const MAX_REPLY = 500

/**
 * Watches every session whatever plugins are on, and tells the journal at the end of each transaction. Haraka
 * sends a reply before it ends the transaction, so what it said last is what the client was told.
 */
export function recordSessions(plugin: HarakaPlugin, journal: Journal, settings: () => Settings): void {
  const sessions = new WeakMap<HarakaConnection, Session>()
  const sessionOf = (connection: HarakaConnection): Session => {
    const known = sessions.get(connection)
    if (known) return known
    const now = Date.now()
    const session = { startedAt: now, transactionAt: now, denials: [] }
    sessions.set(connection, session)
    return session
  }
  const record = (connection: ObservedConnection, transaction: ObservedTransaction | null): void => {
    const session = sessionOf(connection)
    const { denials } = session
    session.denials = []
    const made = makeRecord(settings(), connection, transaction, { ...session, denials })
    const rehearsal = rehearsalOf(connection)
    if (rehearsal) {
      rehearsal.keep(made)
      return
    }
    made
      .then((record) => {
        journal.record(record)
      })
      .catch((error: unknown) => {
        plugin.logerror(`the journal has no record of this: ${String(error)}`)
      })
  }
  const isWatched = (connection: HarakaConnection): boolean =>
    journal.isOn() || rehearsalOf(connection) !== undefined

  observeHook(plugin, 'connect_init', -100, (connection: HarakaConnection) => {
    if (isWatched(connection)) sessionOf(connection)
  })
  observeHook(plugin, 'mail', -100, (connection: HarakaConnection) => {
    if (isWatched(connection)) sessionOf(connection).transactionAt = Date.now()
  })
  observeHook(plugin, 'deny', -100, (connection: HarakaConnection, params) => {
    const { denials } = sessionOf(connection)
    if (denials.length < MAX_DENIALS) denials.push(readDenial(params))
  })
  observeHook(plugin, 'reset_transaction', -100, (connection: ObservedConnection) => {
    if (connection.transaction && isWatched(connection)) record(connection, connection.transaction)
  })
  observeHook(plugin, 'disconnect', -100, (connection: ObservedConnection) => {
    if (connection.tran_count === 0 && connection.last_reject && isWatched(connection))
      record(connection, null)
  })
  recordDeliveries(plugin, journal)
}

function readDenial(params: unknown): Denial {
  const [, , plugin, , hookParams, hook] = params as [number, unknown, string, string, unknown, string]
  const recipient =
    hook === 'rcpt'
      ? (hookParams as [HarakaAddress])[0]
      : hook === 'rcpt_ok'
        ? (hookParams as HarakaAddress)
        : undefined
  return { hook, plugin, ...(recipient && { recipient: bare(recipient) }) }
}

/** Everything of Haraka's is read at once; only lookups that are under way are waited for. */
async function makeRecord(
  settings: Settings,
  connection: ObservedConnection,
  transaction: ObservedTransaction | null,
  { startedAt, transactionAt, denials }: Session,
): Promise<JournalRecord> {
  const { findings: ofSession, allowlisted } = sessionNotes(connection)
  const { findings: ofEnvelope, content } = transaction ? messageNotes(transaction) : {}
  const facts = {
    now: Date.now(),
    startedAt: transaction ? transactionAt : startedAt,
    session: connection.uuid,
    lastReply: transaction ? lastReply(connection) : (connection.last_reject ?? ''),
    denials,
    ...(transaction && { transaction: readTransaction(transaction, settings) }),
  }
  const client = readClient(connection)
  const skips = readSkips(connection, transaction)
  const findings = (await Promise.all([ofSession, ofEnvelope, content].map(allFindings))).flat()
  const allowlist = (await allowlisted)?.list
  return createRecord({
    ...facts,
    client: allowlist === undefined ? client : { ...client, allowlist },
    findings,
    score: judge(findings, { rejectScore: settings.reject_score }).score,
    skips: withoutFindings(skips, findings),
  })
}

function readClient(connection: ObservedConnection): ClientRecord {
  const { remote, hello, tls, notes, local } = connection
  const trusted = whyTrusted(connection)
  const name = remote.host !== null && /^[^.]+\..+/.test(remote.host) ? remote.host : undefined
  return {
    ip: remote.ip,
    ...(name !== undefined && { name }),
    ...(hello.host !== null && { helo: hello.host.slice(0, 255) }),
    ...(tls.enabled && { tls: [tls.cipher?.version, tls.cipher?.name].filter(Boolean).join(' ') || 'TLS' }),
    ...(typeof notes.auth_user === 'string' && { user: notes.auth_user.slice(0, 200) }),
    port: local.port,
    ...(trusted !== undefined && { trusted }),
  }
}

function readTransaction(transaction: ObservedTransaction, settings: Settings): TransactionFacts {
  const { results, header } = transaction
  const { nextHop, marks = [], wouldRefuse = [] } = messageNotes(transaction)
  const messageId = messageIdOf(header)
  const fromDomain = fromDomainOf(header)
  const subject = settings.journal.subjects ? subjectOf(header) : undefined
  return {
    id: transaction.uuid,
    sender: bare(transaction.mail_from),
    isSenderTaken: results.get('mail_from')?.action === 'accept',
    recipients: readRecipients(results.get('rcpt_to')?.recipient),
    status: transaction.msg_status,
    bytes: transaction.data_bytes,
    isQueued:
      results.get('outbound')?.pass !== undefined && [results.get('outbound')?.pass].flat().length > 0,
    marks,
    wouldRefuse,
    ...(messageId !== undefined && { messageId }),
    ...(fromDomain !== undefined && { fromDomain }),
    ...(subject !== undefined && { subject }),
    ...(nextHop !== undefined && { nextHop }),
  }
}

interface RecipientResult {
  readonly address: string
  readonly action: 'accept' | 'reject' | 'tempfail'
  readonly msg?: unknown
  readonly code?: number | string
}

function readRecipients(results: unknown): readonly AnsweredRecipient[] {
  if (!Array.isArray(results)) return []
  return (results as RecipientResult[]).map(({ address, action, msg, code }) => {
    if (action === 'accept') return { address, outcome: 'accepted' }
    const outcome = action === 'reject' ? 'refused' : 'deferred'
    const number = typeof code === 'number' ? code : outcome === 'refused' ? 550 : 450
    const text = typeof msg === 'string' ? msg : 'denied'
    return { address, outcome, reply: `${number} ${text}`.slice(0, MAX_REPLY) }
  })
}

type SkipStore = Readonly<Record<string, { readonly skip?: readonly string[] }>>

/** Runs for each message: Haraka keeps a dozen results that say nothing. */
function readSkips(connection: HarakaConnection, transaction: HarakaTransaction | null): readonly string[] {
  const skips: string[] = []
  for (const results of [connection.results, transaction?.results]) {
    const { store = {} } = (results ?? {}) as { readonly store?: SkipStore }
    for (const name in store) {
      for (const reason of store[name]?.skip ?? []) skips.push(`${name}: ${reason}`)
    }
  }
  return skips.slice(0, MAX_SKIPS)
}

/** Lists that were skipped stand among the findings. */
function withoutFindings(skips: readonly string[], findings: readonly Finding[]): readonly string[] {
  if (skips.length === 0) return skips
  const said = findings.flatMap((finding) =>
    finding.kind === 'skipped' ? [`: ${finding.list}: ${finding.reason}`] : [],
  )
  return skips.filter((skip) => !said.some((reason) => skip.endsWith(reason)))
}

/** The lines of the last reply as one, the code once. */
function lastReply({ last_response: response = '' }: ObservedConnection): string {
  const lines = response.trimEnd().split(/\r?\n/)
  const code = response.slice(0, 3)
  return `${code} ${lines.map((line) => line.slice(4)).join(' ')}`.slice(0, MAX_REPLY).trim()
}

function recordDeliveries(plugin: HarakaPlugin, journal: Journal): void {
  const tell = (mail: OutboundMail, event: Omit<DeliveryEvent, 'time'>): void => {
    if (!mail.todo || !journal.isOn()) return
    // The queue numbers the parts of a message: the transaction's id, a dot, the part.
    journal.delivery(mail.todo.uuid.replace(/\.\d+$/, ''), {
      time: Date.now(),
      ...event,
      answer: event.answer.slice(0, MAX_REPLY),
    })
  }
  observeHook(plugin, 'delivered', -100, (mail: OutboundMail, params) => {
    const [host, ip, response, , port, , recipients] = params as [
      string,
      string,
      unknown,
      number,
      number,
      string,
      readonly HarakaAddress[],
    ]
    const nextHop = host === ip ? host : `${host} [${ip}]:${port}`
    tell(mail, { kind: 'delivered', recipients: recipients.map(bare), nextHop, answer: String(response) })
  })
  observeHook(plugin, 'deferred', -100, (mail: OutboundMail, params) => {
    const { delay, err } = params as { delay: number; err: unknown }
    const recipients = mail.todo?.rcpt_to.map(bare) ?? []
    tell(mail, { kind: 'delayed', recipients, answer: reasonOf(err), retrySeconds: delay })
  })
  observeHook(plugin, 'bounce', -100, (mail: OutboundMail, params) => {
    const { bounced_rcpt: bounced } = params as { bounced_rcpt?: readonly HarakaAddress[] }
    const recipients = (bounced && bounced.length > 0 ? bounced : (mail.todo?.rcpt_to ?? [])).map(bare)
    tell(mail, { kind: 'bounced', recipients, answer: reasonOf(params) })
  })
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
