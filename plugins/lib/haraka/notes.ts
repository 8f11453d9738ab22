import type { ReverseNames } from '../gateway/reverse-names'
import type { Finding, Listing } from '../lists/types'
import type { HarakaConnection, HarakaTransaction } from './types'

/**
 * What the plugins of this suite tell each other about a session or a message. Kept under one name in Haraka's
 * notes, so that nobody else's plugin trips over it. Findings are promises: lookups run while the SMTP dialogue
 * goes on. A new HELO replaces the findings of the one before.
 */
export interface SessionNotes {
  reverseNames?: Promise<ReverseNames>
  /** The listing that spares this client every refusal before DATA, if there is one. */
  allowlisted?: Promise<Listing | undefined>
  /** For the journal: all that the allowlists said. */
  allowlists?: Promise<readonly Finding[]>
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

type Findings<Source extends string> = { readonly [Key in Source]?: Promise<readonly Finding[]> }

const KEY = 'gateway'

export function sessionNotes(connection: HarakaConnection): SessionNotes {
  return (connection.notes[KEY] ??= {})
}

export function messageNotes(transaction: HarakaTransaction): MessageNotes {
  return (transaction.notes[KEY] ??= {})
}

/** What the lists said about the session and the envelope sender; waits for the lookups that are under way. */
export async function findingsBeforeData(connection: HarakaConnection): Promise<readonly Finding[]> {
  const { transaction } = connection
  return [
    ...(await allFindings(sessionNotes(connection).findings)),
    ...(await allFindings(transaction ? messageNotes(transaction).findings : undefined)),
  ]
}

/** Waits for the lookups that are under way. */
export async function allFindings(
  findings: Readonly<Record<string, Promise<readonly Finding[]>>> = {},
): Promise<readonly Finding[]> {
  return (await Promise.all(Object.values(findings))).flat()
}
