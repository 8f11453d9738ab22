import type { Readable } from 'node:stream'
import { bare } from '../lib/haraka/address'
import { proceed, refuse, type Outcome } from '../lib/haraka/hook'
import { messageNotes } from '../lib/haraka/notes'
import type { DeliveryNote, Outbound } from '../lib/haraka/outbound'
import {
  adminContactsRefused,
  adminContactsUnavailable,
  otherNextHop,
  printable,
  recipientsChanged,
  storageFailed,
} from '../lib/haraka/replies'
import type { HarakaTransaction } from '../lib/haraka/types'
import type { Log } from '../lib/log'
import type { Answer } from './delivery'
import { planOf, type Destination, type Passage, type Plan } from './passage'
import { createPieces } from './pieces'

/** Hands a complete message over, to its next hop or to the queue: accepted when it is safe there. */
export async function passMessage(
  outbound: Outbound,
  log: Log,
  passage: Passage,
  transaction: HarakaTransaction,
): Promise<Outcome> {
  const recipients = transaction.rcpt_to
  const foreign = recipients.filter((recipient) => !passage.destinations.has(recipient))
  if (foreign.length === recipients.length) return proceed
  if (foreign[0]) {
    log.error(`another plugin accepted ${foreign[0].format()} beside recipients of next_hops: all deferred`)
    return refuse(otherNextHop())
  }
  const plan = planOf(recipients.flatMap((recipient) => passage.destinations.of(recipient)))
  if (plan.kind === 'inline') return handOn(passage, transaction, plan)
  const storing = store(outbound, log, passage, transaction, plan)
  passage.storing = storing
  return storing
}

async function handOn(
  passage: Passage,
  transaction: HarakaTransaction,
  { nextHop, to, originals }: Plan & { kind: 'inline' },
): Promise<Outcome> {
  const delivery = passage.deliveries.get(nextHop)
  if (!delivery) return refuse(recipientsChanged())
  messageNotes(transaction).nextHop = nextHop
  const forContacts = originals.length > 0
  addOriginalRecipients(transaction, originals)
  const answer = await delivery.deliver(
    wireOf(transaction),
    to.map(({ address }) => bare(address)),
  )
  return toOutcome(forContacts ? disguised(answer) : answer)
}

async function store(
  outbound: Outbound,
  log: Log,
  { envelope, deliveries }: Passage,
  transaction: HarakaTransaction,
  { direct, contacts, originals }: Plan & { kind: 'queue' },
): Promise<Outcome> {
  for (const delivery of deliveries.values()) delivery.close()
  const { eightBit, smtpUtf8 } = envelope
  const storeFor = async (to: readonly Destination[], more: DeliveryNote): Promise<void> => {
    const byMx = to.filter(({ nextHop }) => nextHop === undefined).map(({ address }) => address.host ?? '')
    const note = { eightBit, smtpUtf8, byMx, ...more }
    if (to.length > 0)
      await outbound.store(
        transaction,
        to.map(({ address }) => address),
        note,
      )
  }
  try {
    await storeFor(direct, {})
    // After the others have been written: the header is for the contacts only.
    addOriginalRecipients(transaction, originals)
    await storeFor(contacts, { contacts: contactNames(contacts) })
    return { kind: 'accept', text: '2.0.0 Queued for delivery' }
  } catch (error) {
    log.error(`the outbound queue cannot be written, mail is deferred: ${String(error)}`)
    return refuse(storageFailed())
  }
}

function addOriginalRecipients(transaction: HarakaTransaction, originals: readonly string[]): void {
  // Each goes in front of those before.
  for (const original of [...originals].reverse())
    transaction.add_leading_header('X-Original-To', printable(original))
}

const contactNames = (contacts: readonly Destination[]): Record<string, string> =>
  Object.fromEntries(
    contacts.flatMap(({ address, contactFor }) =>
      contactFor ? [[bare(address), bare(contactFor)] as const] : [],
    ),
  )

/** A next hop's own words could name the contact. */
function disguised(answer: Answer): Answer {
  if (answer.kind === 'accepted') return { kind: 'accepted', text: '2.0.0 Message accepted' }
  const reply = answer.reply.code < 500 ? adminContactsUnavailable() : adminContactsRefused()
  return { kind: 'refused', reply }
}

/** The message as Haraka sends it on: headers that plugins added included, dots stuffed, the final dot at its end. */
function wireOf({ message_stream: message }: HarakaTransaction): Readable {
  const wire = createPieces()
  message.pipe(wire, { ending_dot: true })
  return wire
}

const toOutcome = (answer: Answer): Outcome =>
  answer.kind === 'accepted' ? { kind: 'accept', text: answer.text } : refuse(answer.reply)
