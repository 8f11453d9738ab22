/**
 * next-hops: which domains are ours and where their mail goes.
 *
 * RCPT is asked of the next hop while the client's RCPT waits, and the client gets the next hop's own answer.
 * A message is accepted when the next hop has taken it, or when it is on disk in the maildir; nothing is
 * queued here. Mail for a domain without a next hop is refused; nothing falls through to the domain's MX.
 */
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { systemClock } from '../lib/clock'
import { useGateway, type Gateway } from '../lib/gateway'
import { proceed, refuse, registerHook, type Outcome } from '../lib/haraka/hook'
import { harakaLog } from '../lib/haraka/log'
import { internalError, notRoutable, notSetUp, otherNextHop } from '../lib/haraka/replies'
import type { HarakaAddress, HarakaConnection, HarakaPlugin, HarakaTransaction } from '../lib/haraka/types'
import { createConnector } from './connector'
import type { Answer, Delivery, Envelope } from './delivery'
import { openForwarding } from './forward'
import { createHostMemory, type HostMemory } from './hosts'
import { openMaildir } from './maildir'
import { createPieces } from './pieces'
import { nextHopName, routeOf, type Route } from './routes'

/** What is under way for a transaction. */
interface Passage {
  readonly envelope: Envelope
  readonly taken: Set<HarakaAddress>
  nextHop?: { readonly name: string; readonly delivery: Delivery }
}

export function register(this: HarakaPlugin): void {
  const gateway = { ...useGateway(this), log: harakaLog(this) }
  const memory = createHostMemory(systemClock, gateway.log)
  const passages = new WeakMap<HarakaTransaction, Passage>()
  // A next hop's answer is never cut off by Haraka: it would take the message and the sender send it again.
  // The engine keeps its own deadlines.
  this.timeout = 0
  const ownDeadline = { onError: 'tempfail', deadlineMs: Infinity } as const

  registerHook(this, 'mail', { onError: 'tempfail', priority: -100 }, ({ transaction }, params) => {
    const [sender, parameters] = params as [HarakaAddress, Record<string, string | null>]
    if (transaction)
      passages.set(transaction, { envelope: createEnvelope(sender, parameters), taken: new Set() })
    return proceed
  })
  // After whoever refuses without asking anybody.
  registerHook(this, 'rcpt', { ...ownDeadline, priority: 50 }, (connection, params) => {
    const [recipient] = params as [HarakaAddress]
    return passRecipient(gateway, memory, passageOf(passages, connection), connection, recipient)
  })
  registerHook(this, 'queue', { ...ownDeadline, priority: -50 }, (connection) =>
    passMessage(gateway, passageOf(passages, connection), connection),
  )
  // Runs at the end of each transaction and when the client goes away.
  registerHook(this, 'reset_transaction', { onError: 'pass' }, (connection) => {
    passageOf(passages, connection)?.nextHop?.delivery.close()
    return proceed
  })
}

async function passRecipient(
  gateway: Gateway,
  memory: HostMemory,
  passage: Passage | undefined,
  { relaying }: HarakaConnection,
  recipient: HarakaAddress,
): Promise<Outcome> {
  // Whoever may relay is served by the outbound queue; an address without a domain is no domain's.
  if (relaying || !recipient.host) return proceed
  const { next_hops: nextHops } = gateway.settings()
  const route = routeOf(nextHops, recipient.host)
  if (!route) return refuse(Object.keys(nextHops).length === 0 ? notSetUp() : notRoutable(recipient.host))
  if (!passage) return refuse(internalError())
  const name = nextHopName(route)
  passage.nextHop ??= { name, delivery: openDelivery(gateway, memory, route, passage.envelope) }
  if (passage.nextHop.name !== name) return refuse(otherNextHop())
  const answer = await passage.nextHop.delivery.addRecipient(bare(recipient))
  if (answer.kind === 'accepted') passage.taken.add(recipient)
  return toOutcome(answer)
}

async function passMessage(
  gateway: Gateway,
  passage: Passage | undefined,
  { transaction }: HarakaConnection,
): Promise<Outcome> {
  if (!transaction || !passage?.nextHop || passage.taken.size === 0) return proceed
  const recipients = transaction.rcpt_to
  const foreign = recipients.find((recipient) => !passage.taken.has(recipient))
  if (foreign) {
    gateway.log.error(
      `another plugin accepted ${foreign.format()} beside recipients of next_hops: all deferred`,
    )
    return refuse(otherNextHop())
  }
  return toOutcome(await passage.nextHop.delivery.deliver(wireOf(transaction), recipients.map(bare)))
}

function openDelivery(gateway: Gateway, memory: HostMemory, route: Route, envelope: Envelope): Delivery {
  const { nextHop, domain } = route
  const { hostname, instanceDir, log } = gateway
  if ('maildir' in nextHop) {
    const directory = resolve(instanceDir, nextHop.maildir)
    return openMaildir({ directory, hostname, clock: systemClock, log }, envelope)
  }
  const password = gateway.secrets().next_hops[domain]?.password
  const connect = createConnector({ nextHop, password, helloName: hostname, memory })
  return openForwarding(nextHopName(route), envelope, connect, log)
}

function createEnvelope(sender: HarakaAddress, parameters: Record<string, string | null>): Envelope {
  const size = Number(parameters.SIZE)
  return {
    sender: bare(sender),
    ...(Number.isSafeInteger(size) && size > 0 && { size }),
    eightBit: parameters.BODY?.toUpperCase() === '8BITMIME',
    smtpUtf8: 'SMTPUTF8' in parameters,
  }
}

/** The message as Haraka sends it on: headers that plugins added included, dots stuffed, the final dot at its end. */
function wireOf({ message_stream: message }: HarakaTransaction): Readable {
  const wire = createPieces()
  message.pipe(wire, { ending_dot: true })
  return wire
}

const passageOf = (
  passages: WeakMap<HarakaTransaction, Passage>,
  { transaction }: HarakaConnection,
): Passage | undefined => (transaction ? passages.get(transaction) : undefined)

/** `local@domain` as the client wrote it, quotes included. */
const bare = (address: HarakaAddress): string => address.format().slice(1, -1)

const toOutcome = (answer: Answer): Outcome =>
  answer.kind === 'accepted' ? { kind: 'accept', text: answer.text } : refuse(answer.reply)
