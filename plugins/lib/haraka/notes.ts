import type { ReverseNames } from '../gateway/reverse-names'
import type { Finding, Listing } from '../lists/types'
import { allKnown, andThen, type Pending } from '../pending'
import type { HarakaConnection, HarakaTransaction } from './types'

/**
 * What the plugins of this suite tell each other about a session or a message. Kept under one name in Haraka's
 * notes, so that nobody else's plugin trips over it. Findings may be promises: lookups run while the SMTP
 * dialogue goes on. A new HELO replaces the findings of the one before.
 */
export interface SessionNotes {
  reverseNames?: Pending<ReverseNames>
  /** The listing that spares this client every refusal before DATA, if there is one. */
  allowlisted?: Pending<Listing | undefined>
  /** For the journal: all that the allowlists said. */
  allowlists?: Pending<readonly Finding[]>
  findings?: Findings<'client' | 'rdns' | 'helo'>
}

export interface MessageNotes {
  /** For the journal: when MAIL came, in milliseconds since the epoch. */
  begunAt?: number
  /** In bytes: what MAIL declared (RFC 1870, 0: nothing) and what came; the smallest limit known so far. */
  size?: {
    readonly declaredBytes: number
    receivedBytes: number
    limit: SizeLimit
  }
  /** What the lists said before DATA, and about the message itself. */
  findings?: Findings<'sender'>
  content?: Findings<'body' | 'headers' | 'uris'>
  isJudged?: boolean
  /** For the journal: the next hop by its name in the settings. */
  nextHop?: string
  /** For the journal: what was changed in the message, one change a line. */
  marks?: string[]
  /** For the journal: refusals that did not happen, because the gateway only watches. */
  wouldRefuse?: string[]
}

/** What a message may have, and where in `message_size` of the settings that stands. */
export interface SizeLimit {
  readonly bytes: number
  readonly rule: 'limit' | 'hosts' | 'senders' | 'recipients'
  /** Its entry there. */
  readonly key: string
}

type Findings<Source extends string> = { readonly [Key in Source]?: Pending<readonly Finding[]> }

const KEY = 'gateway'

export function sessionNotes(connection: HarakaConnection): SessionNotes {
  return (connection.notes[KEY] ??= {})
}

export function messageNotes(transaction: HarakaTransaction): MessageNotes {
  return (transaction.notes[KEY] ??= {})
}

/** What the lists said about the session and the envelope sender; waits for the lookups that are under way. */
export function findingsBeforeData(connection: HarakaConnection): Pending<readonly Finding[]> {
  const { transaction } = connection
  const { findings } = transaction ? messageNotes(transaction) : {}
  return allFindings({ ...sessionNotes(connection).findings, ...findings })
}

/** Waits for the lookups that are under way. */
export function allFindings(
  findings: Readonly<Record<string, Pending<readonly Finding[]>>> = {},
): Pending<readonly Finding[]> {
  return andThen(allKnown(Object.values(findings)), (all) => all.flat())
}
