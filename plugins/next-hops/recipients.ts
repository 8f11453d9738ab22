import type { Gateway } from '../lib/gateway'
import { bare } from '../lib/haraka/address'
import { proceed, refuse, type Outcome } from '../lib/haraka/hook'
import { redirectOf } from '../lib/haraka/redirected-recipients'
import { adminContactsUnavailable, notRoutable, notSetUp, otherNextHop } from '../lib/haraka/replies'
import type { HarakaAddress } from '../lib/haraka/types'
import type { OpenDelivery } from './deliveries'
import { accepted, refused, type Answer } from './delivery'
import type { KnownRecipients } from './known-recipients'
import type { Destination, Passage } from './passage'
import { isQueued, nextHopName, routeOf, type Route } from './routes'

export interface RecipientContext {
  readonly gateway: Gateway
  readonly openDelivery: OpenDelivery
  readonly known: KnownRecipients
}

/** A transaction that needs more sessions at a time is asked to split up. */
const MAX_SESSIONS = 5
const RECIPIENT_OK = '2.1.5 Recipient ok'

/** Asks whoever will get the mail, and notes where it goes. */
export async function passRecipient(
  context: RecipientContext,
  passage: Passage,
  recipient: HarakaAddress,
  relaying: boolean,
): Promise<Outcome> {
  const redirect = redirectOf(recipient)
  if (redirect?.when === 'always') return passToContacts(context, passage, recipient, redirect.to)
  // An address without a domain is no domain's.
  if (!recipient.host) return proceed
  const { next_hops: nextHops } = context.gateway.settings()
  const route = routeOf(nextHops, recipient.host)
  if (!route && relaying) return take(passage, recipient, [byMx(recipient)], RECIPIENT_OK)
  if (!route) return refuse(Object.keys(nextHops).length === 0 ? notSetUp() : notRoutable(recipient.host))
  const answer = await ask(context, passage, route, recipient)
  if (answer.kind === 'accepted') return take(passage, recipient, [along(route, recipient)], answer.text)
  if (redirect && answer.reply.code >= 500) return passToContacts(context, passage, recipient, redirect.to)
  return refuse(answer.reply)
}

/** Whatever their next hops say, the client hears nothing of it: their words could name the contacts. */
async function passToContacts(
  context: RecipientContext,
  passage: Passage,
  recipient: HarakaAddress,
  contacts: readonly HarakaAddress[],
): Promise<Outcome> {
  const destinations: Destination[] = []
  let anyReached = false
  for (const contact of contacts) {
    const route = routeOf(context.gateway.settings().next_hops, contact.host ?? '')
    const answer = route ? await ask(context, passage, route, contact) : accepted(RECIPIENT_OK)
    if (answer.kind === 'accepted') {
      anyReached = true
      const destination = route ? along(route, contact) : byMx(contact)
      destinations.push({ ...destination, contactFor: recipient })
    } else {
      const { code, enhanced, text } = answer.reply
      context.gateway.log.warn(`admin contact ${bare(contact)} is refused: ${code} ${enhanced} ${text}`)
      if (route && code < 500)
        destinations.push({ ...along(route, contact), queued: true, contactFor: recipient })
    }
  }
  return anyReached
    ? take(passage, recipient, destinations, RECIPIENT_OK)
    : refuse(adminContactsUnavailable())
}

async function ask(
  { openDelivery, known }: RecipientContext,
  passage: Passage,
  route: Route,
  recipient: HarakaAddress,
): Promise<Answer> {
  const nextHop = nextHopName(route)
  if (passage.destinations.includes(nextHop, recipient)) return accepted(RECIPIENT_OK)

  const willBeQueued = isQueued(route) || !passage.destinations.isOnly(nextHop)
  const before = known.get(nextHop, bare(recipient))
  if (before && (before.kind === 'refused' || willBeQueued)) return before

  const delivery = passage.deliveries.get(nextHop) ?? openDelivery(route, passage.envelope)
  if (!passage.deliveries.has(nextHop) && passage.deliveries.size >= MAX_SESSIONS)
    return refused(otherNextHop())
  passage.deliveries.set(nextHop, delivery)
  const answer = await delivery.addRecipient(bare(recipient))
  known.remember(nextHop, bare(recipient), answer)
  return answer
}

function take(
  passage: Passage,
  recipient: HarakaAddress,
  destinations: readonly Destination[],
  text: string,
): Outcome {
  passage.destinations.add(recipient, destinations)
  return { kind: 'accept', text }
}

const along = (route: Route, address: HarakaAddress): Destination => ({
  address,
  nextHop: nextHopName(route),
  queued: isQueued(route),
})

const byMx = (address: HarakaAddress): Destination => ({ address, nextHop: undefined, queued: true })
