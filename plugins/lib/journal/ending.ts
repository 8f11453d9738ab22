import { messageNotes, type MessageNotes } from '../haraka/notes'
import { whyTrusted } from '../haraka/session'
import type {
  HarakaAddress,
  HarakaConnection,
  HarakaHeader,
  HarakaTransaction,
  ResultStore,
} from '../haraka/types'
import type { Denial, EndedTransaction } from './decision'

/** What Haraka keeps about a session beyond what plugins use. */
export type ObservedConnection = HarakaConnection & {
  readonly tran_count: number
  readonly last_reject: string | null
  /** In milliseconds since the epoch. */
  readonly start_time: number
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

/** Haraka does not change the results and the header of a transaction that is over. */
export interface TransactionEnding {
  readonly id: string
  readonly sender: HarakaAddress
  readonly status: EndedTransaction['status']
  readonly bytes: number
  readonly results: ResultStore
  readonly header: HarakaHeader
  readonly notes: MessageNotes
}

export function readEnding(
  connection: ObservedConnection,
  transaction: ObservedTransaction | null,
  denials: readonly Denial[],
): Ending {
  const { remote, tls } = connection
  const notes = transaction && messageNotes(transaction)
  return {
    time: Date.now(),
    startedAt: notes?.begunAt ?? connection.start_time,
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
    skips: skipsIn(connection.results),
    transaction: transaction && notes ? readTransaction(transaction, notes) : undefined,
  }
}

function readTransaction(transaction: ObservedTransaction, notes: MessageNotes): TransactionEnding {
  return {
    id: transaction.uuid,
    sender: transaction.mail_from,
    status: transaction.msg_status,
    bytes: transaction.data_bytes,
    results: transaction.results,
    header: transaction.header,
    notes,
  }
}

type SkipStore = Readonly<Record<string, { readonly skip?: readonly string[] }>>

const MAX_SKIPS = 50
const NO_SKIPS: readonly string[] = []

/** What plugins left undone and why; most of their results say nothing of that. */
export function skipsIn(results: ResultStore): readonly string[] {
  const { store = {} } = results as { readonly store?: SkipStore }
  let skips: string[] | undefined
  for (const name in store) {
    const reasons = store[name]?.skip
    if (!reasons || reasons.length === 0) continue
    skips ??= []
    for (const reason of reasons) if (skips.length < MAX_SKIPS) skips.push(`${name}: ${reason}`)
  }
  return skips ?? NO_SKIPS
}
