import { bare, parseAddress } from '../lib/haraka/address'
import { noteOf, type Settlement, type StoredMail, type Way } from '../lib/haraka/outbound'
import type { Settings } from '../lib/settings/schema'
import type { OpenDelivery } from './deliveries'
import type { Delivery } from './delivery'
import { nextHopName, routeOf, type Route } from './routes'
import { createWireForm } from './wire-form'

/** Where mail from the queue goes: our domains to their next hops as set now, others to their MX if they may. */
export function wayOf(
  openDelivery: OpenDelivery,
  nextHops: Settings['next_hops'],
  hostname: string,
  mail: StoredMail,
): Way {
  const { domain } = mail.todo
  const route = routeOf(nextHops, domain)
  if (route) return { kind: 'ours', deliver: () => deliverStored(openDelivery, route, mail) }
  // Bounces of mail that this machine's own programs sent: nobody here would read them.
  if (domain === '' || domain === 'localhost' || domain === hostname.toLowerCase())
    return { kind: 'never', reason: `${domain || 'no domain'} has no mailboxes` }
  const note = noteOf(mail)
  // A bounce has no note; it goes wherever its sender is.
  if (!note || note.byMx?.includes(domain)) return { kind: 'mx' }
  return { kind: 'later', reason: `${domain} is not in next_hops any more` }
}

async function deliverStored(
  openDelivery: OpenDelivery,
  route: Route,
  mail: StoredMail,
): Promise<Settlement> {
  const { mail_from: sender, rcpt_to: recipients } = mail.todo
  const { eightBit, smtpUtf8 } = noteOf(mail) ?? {}
  const delivery = openDelivery(route, { sender: bare(sender), eightBit, smtpUtf8 })
  try {
    return { nextHop: nextHopName(route), ...(await deliver(delivery, mail, recipients)) }
  } finally {
    delivery.close()
  }
}

async function deliver(
  delivery: Delivery,
  mail: StoredMail,
  recipients: StoredMail['todo']['rcpt_to'],
): Promise<Omit<Settlement, 'nextHop'>> {
  const standing: (typeof recipients)[number][] = []
  const refused: Settlement['refused'][number][] = []
  for (const recipient of recipients) {
    const answer = await delivery.addRecipient(bare(recipient))
    if (answer.kind === 'accepted') standing.push(recipient)
    else refused.push({ recipient, reply: answer.reply })
  }
  if (standing.length === 0) return { delivered: [], refused, response: '' }

  const wire = createWireForm()
  const data = mail.data_stream()
  data.on('error', (error) => wire.destroy(error))
  const answer = await delivery.deliver(data.pipe(wire), standing.map(bare))
  data.destroy()
  if (answer.kind === 'accepted') return { delivered: standing, refused, response: answer.text }
  const { reply } = answer
  return {
    delivered: [],
    refused: [...refused, ...standing.map((recipient) => ({ recipient, reply }))],
    response: '',
  }
}

/** A bounce names the recipient that its reader wrote to, not the contact behind it. */
export function withoutContacts(mail: StoredMail): string | undefined {
  const contacts = noteOf(mail)?.contacts
  if (!contacts) return undefined
  const originals = mail.todo.rcpt_to.map((recipient) => contacts[bare(recipient)] ?? bare(recipient))
  mail.todo.rcpt_to = [...new Set(originals)].map((original) =>
    Object.assign(parseAddress(original), { dsn_action: 'failed' as const, dsn_status: '5.0.0' }),
  )
  return 'The administrative contacts could not be reached'
}
