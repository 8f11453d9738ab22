import type { Finding } from '../lists/types'
import type { HarakaConnection, HarakaTransaction } from './types'

/**
 * What the plugins of this suite tell each other about a session or a message. Kept under one name in Haraka's
 * notes, so that nobody else's plugin trips over it.
 */
export interface SessionNotes {
  /** The listing in an allowlist that spares this client every refusal before DATA; undefined: none. */
  allowlisted?: Promise<Finding | undefined>
  /** What the lists said about the client's address. Lookups run while the dialogue goes on. */
  clientFindings?: Promise<readonly Finding[]>
}

const KEY = 'gateway'

export function sessionNotes(connection: HarakaConnection): SessionNotes {
  return (connection.notes[KEY] ??= {}) as SessionNotes
}

export interface MessageNotes {
  /** Points of the listings so far, added up over all lists. */
  score?: number
}

export function messageNotes(transaction: HarakaTransaction): MessageNotes {
  return (transaction.notes[KEY] ??= {}) as MessageNotes
}
