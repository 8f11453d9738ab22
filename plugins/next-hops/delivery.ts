import type { Readable } from 'node:stream'
import type { Reply } from '../lib/haraka/replies'

/** What a client is told. */
export type Answer =
  { readonly kind: 'accepted'; readonly text: string } | { readonly kind: 'refused'; readonly reply: Reply }

/** One transaction on its way to one next hop. Nothing here throws or rejects: every fault is an answer. */
export interface Delivery {
  /** Asks the next hop while the client waits. */
  addRecipient(recipient: string): Promise<Answer>
  /**
   * Hands the message over; accepted only when the next hop has it for good. `wire` is the message as it
   * travels: lines end in CRLF, dots are stuffed, the last line is the lone dot. `recipients` are those of
   * `addRecipient` that still stand: others may have refused some of them afterwards.
   */
  deliver(wire: Readable, recipients: readonly string[]): Promise<Answer>
  /** Gives up what is not delivered. Safe at any time. */
  close(): void
}

/** What MAIL said. Addresses are bare: `anna@example.com`, empty for the null sender. */
export interface Envelope {
  readonly sender: string
  /** Bytes the client announced with SIZE. */
  readonly size?: number | undefined
  /** BODY=8BITMIME (RFC 6152). */
  readonly eightBit?: boolean | undefined
  /** SMTPUTF8 (RFC 6531). */
  readonly smtpUtf8?: boolean | undefined
}

export const accepted = (text: string): Answer => ({ kind: 'accepted', text })
export const refused = (reply: Reply): Answer => ({ kind: 'refused', reply })
