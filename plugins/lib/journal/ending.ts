import { messageNotes, type MessageNotes } from '../haraka/notes'
import { whyTrusted } from '../haraka/session'
import type {
  HarakaAddress,
  HarakaConnection,
  HarakaHeader,
  HarakaTransaction,
  ResultEntry,
} from '../haraka/types'
import type { Denial, EndedTransaction } from './decision'

/** What Haraka keeps about a session beyond what plugins use. */
export type ObservedConnection = HarakaConnection & {
  readonly tran_count: number
  readonly last_reject: string | null
  readonly last_response?: string
  readonly tls: { readonly cipher?: Cipher }
}
export type ObservedTransaction = HarakaTransaction & { readonly msg_status?: EndedTransaction['status'] }

interface Cipher {
  readonly name?: string
  readonly version?: string
}

/**
 * What is read the moment a transaction, or a session without one, ends, because Haraka changes it afterwards. What
 * it means is worked out later, for many at a time: that costs a third of doing it between the commands of a session.
 */
export interface Ending {
  readonly time: number
  readonly startedAt: number
  readonly session: string
  /** As sent: several lines, each with the code. */
  readonly reply: string
  readonly denials: readonly Denial[]
  readonly ip: string
  readonly name: string | null
  readonly helo: string | null
  readonly cipher: Cipher | undefined
  readonly user: unknown
  readonly port: number
  readonly trusted: string | undefined
  readonly skips: readonly string[]
  readonly transaction: TransactionEnding | undefined
}

export interface TransactionEnding {
  readonly id: string
  readonly sender: HarakaAddress
  readonly isSenderTaken: boolean
  readonly recipients: unknown
  readonly status: EndedTransaction['status']
  readonly bytes: number
  readonly isQueued: boolean
  readonly header: HarakaHeader
  readonly notes: MessageNotes
}

/** What the session collected until then. */
export interface SessionSoFar {
  readonly startedAt: number
  readonly denials: readonly Denial[]
}

export function readEnding(
  connection: ObservedConnection,
  transaction: ObservedTransaction | null,
  { startedAt, denials }: SessionSoFar,
): Ending {
  const { remote, tls } = connection
  return {
    time: Date.now(),
    startedAt,
    session: connection.uuid,
    // Haraka sends a reply before it ends the transaction, so what it said last is what the client was told.
    reply: (transaction ? connection.last_response : connection.last_reject) ?? '',
    denials,
    ip: remote.ip,
    name: remote.host,
    helo: connection.hello.host,
    cipher: tls.enabled ? (tls.cipher ?? {}) : undefined,
    user: connection.notes.auth_user,
    port: connection.local.port,
    trusted: whyTrusted(connection),
    skips: readSkips(connection, transaction),
    transaction: transaction ? readTransaction(transaction) : undefined,
  }
}

function readTransaction(transaction: ObservedTransaction): TransactionEnding {
  const { results } = transaction
  return {
    id: transaction.uuid,
    sender: transaction.mail_from,
    isSenderTaken: results.get('mail_from')?.action === 'accept',
    recipients: results.get('rcpt_to')?.recipient,
    status: transaction.msg_status,
    bytes: transaction.data_bytes,
    isQueued: hasEntries(results.get('outbound')?.pass),
    header: transaction.header,
    notes: messageNotes(transaction),
  }
}

const hasEntries = (entries: ResultEntry['pass']): boolean => entries !== undefined && entries.length > 0

type SkipStore = Readonly<Record<string, { readonly skip?: readonly string[] }>>

const MAX_SKIPS = 50
const NO_SKIPS: readonly string[] = []

/** Haraka keeps a dozen results that say nothing. */
function readSkips(connection: HarakaConnection, transaction: HarakaTransaction | null): readonly string[] {
  let skips: string[] | undefined
  for (const results of [connection.results, transaction?.results]) {
    const { store = {} } = (results ?? {}) as { readonly store?: SkipStore }
    for (const name in store) {
      const reasons = store[name]?.skip
      if (!reasons || reasons.length === 0) continue
      skips ??= []
      for (const reason of reasons) skips.push(`${name}: ${reason}`)
    }
  }
  return skips?.slice(0, MAX_SKIPS) ?? NO_SKIPS
}
