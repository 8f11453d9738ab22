import { bare, mailboxKey } from '../lib/haraka/address'
import type { HarakaAddress, HarakaTransaction } from '../lib/haraka/types'
import type { Delivery, Envelope } from './delivery'

/** What is under way for a transaction. */
export interface Passage {
  readonly envelope: Envelope
  /** One for each next hop that was asked, by its name. */
  readonly deliveries: Map<string, Delivery>
  /** Where the mail goes. */
  readonly destinations: Destinations
  /** Settles when the message is in the queue, or not. */
  storing?: Promise<unknown>
}

export interface Destination {
  readonly address: HarakaAddress
  /** Name of the next hop; without one it goes to the MX of its domain. */
  readonly nextHop: string | undefined
  /** Never handed over while the client waits. */
  readonly queued: boolean
  /** An administrative contact: the recipient that the client wrote. */
  readonly contactFor?: HarakaAddress
}

/** The destinations of each recipient as the client wrote it. Nothing here looks through them all. */
export interface Destinations {
  add(recipient: HarakaAddress, destinations: readonly Destination[]): void
  has(recipient: HarakaAddress): boolean
  of(recipient: HarakaAddress): readonly Destination[]
  /** Whether this mailbox gets the mail already. */
  includes(nextHop: string, address: HarakaAddress): boolean
  /** Whether everything so far is handed over to this next hop while the client waits. */
  isOnly(nextHop: string): boolean
}

export function createPassage(envelope: Envelope): Passage {
  return { envelope, deliveries: new Map(), destinations: createDestinations() }
}

function createDestinations(): Destinations {
  const byRecipient = new Map<HarakaAddress, readonly Destination[]>()
  const mailboxes = new Set<string>()
  const nextHops = new Set<string | undefined>()
  let anyQueued = false
  const keyOf = (nextHop: string | undefined, address: HarakaAddress): string =>
    `${nextHop ?? ''} ${mailboxKey(address)}`
  return {
    add(recipient, destinations) {
      byRecipient.set(recipient, destinations)
      for (const { nextHop, address, queued } of destinations) {
        mailboxes.add(keyOf(nextHop, address))
        nextHops.add(nextHop)
        anyQueued ||= queued
      }
    },
    has: (recipient) => byRecipient.has(recipient),
    of: (recipient) => byRecipient.get(recipient) ?? [],
    includes: (nextHop, address) => mailboxes.has(keyOf(nextHop, address)),
    isOnly: (nextHop) => !anyQueued && [...nextHops].every((other) => other === nextHop),
  }
}

export const passageOf = (
  passages: WeakMap<HarakaTransaction, Passage>,
  transaction: HarakaTransaction | null,
): Passage | undefined => (transaction ? passages.get(transaction) : undefined)

/** How a message travels on. */
export type Plan = {
  /** The recipients that the client wrote and contacts get the mail of. */
  readonly originals: readonly string[]
} & (
  | /** On the open session with its only next hop, while the client waits: nothing is stored here. */
    { readonly kind: 'inline'; readonly nextHop: string; readonly to: readonly Destination[] }
    /** From the queue. Contacts get a message of their own, which says whom it was for. */
  | {
      readonly kind: 'queue'
      readonly direct: readonly Destination[]
      readonly contacts: readonly Destination[]
    }
)

export function planOf(destinations: readonly Destination[]): Plan {
  const written = destinations.flatMap(({ contactFor }) => (contactFor ? [bare(contactFor)] : []))
  const originals = [...new Set(written)]
  const to = onceEach(destinations)
  const contacts = to.filter(({ contactFor }) => contactFor)
  const nextHop = to[0]?.nextHop
  const together = to.every((destination) => !destination.queued && destination.nextHop === nextHop)
  const alike = contacts.length === 0 || contacts.length === to.length
  if (nextHop !== undefined && together && alike) return { kind: 'inline', originals, nextHop, to }
  return { kind: 'queue', originals, direct: to.filter(({ contactFor }) => !contactFor), contacts }
}

/** Each mailbox once; as a contact if it is one, so that it sees whom the message was for. */
function onceEach(destinations: readonly Destination[]): readonly Destination[] {
  const byMailbox = new Map<string, Destination>()
  for (const destination of destinations) {
    const key = mailboxKey(destination.address)
    const before = byMailbox.get(key)
    if (!before || (destination.contactFor && !before.contactFor)) byMailbox.set(key, destination)
  }
  return [...byMailbox.values()]
}
