import { once } from 'node:events'
import type { Gateway } from '../lib/gateway'
import { bare } from '../lib/haraka/address'
import type { Outbound } from '../lib/haraka/outbound'
import type { Rehearsal } from '../lib/haraka/rehearsal'
import type { HarakaAddress } from '../lib/haraka/types'
import type { OpenDelivery } from './deliveries'
import { accepted, type Delivery } from './delivery'
import type { Passage } from './passage'
import type { RecipientContext } from './recipients'

/**
 * What recipients are passed with in a rehearsal: what is known of them counts, but nothing is learnt, no message
 * leaves, and next hops are asked only if the rehearsal wants it.
 */
export function rehearsedContext(
  gateway: Gateway,
  openDelivery: OpenDelivery,
  { known }: Pick<RecipientContext, 'known'>,
  rehearsal: Rehearsal,
): RecipientContext {
  return {
    gateway,
    openDelivery: (route, envelope) =>
      undelivered(rehearsal.asksNextHops ? openDelivery(route, envelope) : undefined),
    known: {
      get: (nextHop, recipient) => known.get(nextHop, recipient),
      remember: () => undefined,
    },
  }
}

/** A delivery that takes every message and passes none on. */
function undelivered(asked: Delivery | undefined): Delivery {
  return {
    addRecipient: (recipient) =>
      asked ? asked.addRecipient(recipient) : Promise.resolve(accepted('2.1.5 Recipient ok')),
    async deliver(wire) {
      await once(wire.resume(), 'end')
      return accepted('2.0.0 Message accepted')
    },
    close: () => asked?.close(),
  }
}

/** The queue of a rehearsal keeps nothing. */
export const forgetfulOutbound: Outbound = { store: () => Promise.resolve() }

export function tellDestinations(rehearsal: Rehearsal, passage: Passage, recipient: HarakaAddress): void {
  const destinations = passage.destinations.of(recipient)
  if (destinations.length === 0) return
  rehearsal.tell({
    kind: 'next-hop',
    recipient: bare(recipient),
    isAsked: rehearsal.asksNextHops,
    destinations: destinations.map(({ address, nextHop, queued, contactFor }) => ({
      recipient: bare(address),
      ...(nextHop !== undefined && { nextHop }),
      isQueued: queued,
      isContact: contactFor !== undefined,
    })),
  })
}
