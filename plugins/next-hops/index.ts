/**
 * next-hops: which domains are ours and where their mail goes.
 *
 * RCPT is asked of the next hop while the client's RCPT waits, and the client gets the next hop's own answer.
 * A message for one next hop is handed to it while the client waits, and nothing is stored here. One that goes
 * to several, to contacts elsewhere or out for those who may relay is accepted when it is in the outbound queue.
 * Mail for a domain without a next hop is refused; nothing falls through to the domain's MX.
 */
import { systemClock } from '../lib/clock'
import { useGateway } from '../lib/gateway'
import { bare } from '../lib/haraka/address'
import { retryByTheTimePassed } from '../lib/haraka/deferred-mail'
import { proceed, refuse, registerHook } from '../lib/haraka/hook'
import { harakaLog } from '../lib/haraka/log'
import { adoptOrphanedMail } from '../lib/haraka/orphaned-mail'
import { rehearsalOf } from '../lib/haraka/rehearsal'
import { onBounce, onDue, useOutbound } from '../lib/haraka/outbound'
import { internalError } from '../lib/haraka/replies'
import type { HarakaAddress, HarakaPlugin, HarakaTransaction } from '../lib/haraka/types'
import type { Envelope } from './delivery'
import { createDeliveries } from './deliveries'
import { passMessage } from './handover'
import { createKnownRecipients } from './known-recipients'
import { createPassage, passageOf, type Passage } from './passage'
import { passRecipient } from './recipients'
import { forgetfulOutbound, rehearsedContext, tellDestinations } from './rehearsed'
import { wayOf, withoutContacts } from './stored-mail'

export function register(this: HarakaPlugin): void {
  const gateway = { ...useGateway(this), log: harakaLog(this) }
  const openDelivery = createDeliveries(gateway)
  // Which hosts answer is remembered apart.
  const openRehearsed = createDeliveries(gateway)
  const outbound = useOutbound(this)
  const known = createKnownRecipients(systemClock)
  const passages = new WeakMap<HarakaTransaction, Passage>()
  // A next hop's answer is never cut off by Haraka: it would take the message and the sender send it again.
  // The engine keeps its own deadlines.
  this.timeout = 0
  const ownDeadline = { onError: 'tempfail', deadlineMs: Infinity } as const

  registerHook(this, 'mail', { onError: 'tempfail', priority: -100 }, ({ transaction }, params) => {
    const [sender, parameters] = params as [HarakaAddress, Record<string, string | null>]
    if (transaction) passages.set(transaction, createPassage(createEnvelope(sender, parameters)))
    return proceed
  })
  // After whoever refuses without asking anybody.
  registerHook(this, 'rcpt', { ...ownDeadline, priority: 50 }, async (connection, params) => {
    const { transaction, relaying } = connection
    const [recipient] = params as [HarakaAddress]
    const passage = passageOf(passages, transaction)
    if (!passage) return refuse(internalError())
    const rehearsal = rehearsalOf(connection)
    if (!rehearsal) return passRecipient({ gateway, openDelivery, known }, passage, recipient, relaying)
    const context = rehearsedContext(gateway, openRehearsed, { known }, rehearsal)
    const outcome = await passRecipient(context, passage, recipient, relaying)
    tellDestinations(rehearsal, passage, recipient)
    return outcome
  })
  // Haraka runs the second for those who may relay.
  for (const hook of ['queue', 'queue_outbound']) {
    registerHook(this, hook, { ...ownDeadline, priority: -50 }, (connection) => {
      const { transaction } = connection
      const passage = passageOf(passages, transaction)
      const storage = rehearsalOf(connection) ? forgetfulOutbound : outbound
      return passage && transaction ? passMessage(storage, gateway.log, passage, transaction) : proceed
    })
  }
  // Runs at the end of each transaction and when the client goes away; what is being stored needs its message.
  registerHook(this, 'reset_transaction', { onError: 'pass' }, async ({ transaction }) => {
    const passage = passageOf(passages, transaction)
    for (const delivery of passage?.deliveries.values() ?? []) delivery.close()
    await passage?.storing
    return proceed
  })

  onDue(this, (mail) => wayOf(openDelivery, gateway.settings().next_hops, gateway.hostname, mail))
  onBounce(this, withoutContacts)
  adoptOrphanedMail(this, gateway.role, gateway.log)
  retryByTheTimePassed(this, systemClock)
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
