import { reasonOf } from '../error-text'
import { bare } from '../haraka/address'
import { observeHook } from '../haraka/observe'
import type { HarakaAddress, HarakaPlugin } from '../haraka/types'
import type { DeliveryEvent } from './record'

/** A mail of the outbound queue. */
interface OutboundMail {
  readonly todo: {
    readonly uuid: string
    readonly domain: string
    readonly rcpt_to: readonly HarakaAddress[]
  } | null
}

const MAX_ANSWER = 500

/** Tells what the outbound queue did, with the id of the transaction that the mail came in. */
export function observeDeliveries(
  plugin: HarakaPlugin,
  see: (transaction: string, event: DeliveryEvent) => void,
): void {
  const tell = (mail: OutboundMail, event: Omit<DeliveryEvent, 'time'>): void => {
    if (!mail.todo) return
    // The queue numbers the parts of a message: the transaction's id, a dot, the part.
    see(mail.todo.uuid.replace(/\.\d+$/, ''), {
      time: Date.now(),
      ...event,
      answer: event.answer.slice(0, MAX_ANSWER),
    })
  }
  observeHook(plugin, 'delivered', -100, (mail: OutboundMail, params) => {
    const [host, ip, response, , port, , recipients] = params as [
      string,
      string,
      unknown,
      number,
      number,
      string,
      readonly HarakaAddress[],
    ]
    const nextHop = host === ip ? host : `${host} [${ip}]:${port}`
    tell(mail, { kind: 'delivered', recipients: recipients.map(bare), nextHop, answer: String(response) })
  })
  observeHook(plugin, 'deferred', -100, (mail: OutboundMail, params) => {
    const { delay, err } = params as { delay: number; err: unknown }
    const recipients = mail.todo?.rcpt_to.map(bare) ?? []
    tell(mail, { kind: 'delayed', recipients, answer: reasonOf(err), retrySeconds: delay })
  })
  observeHook(plugin, 'bounce', -100, (mail: OutboundMail, params) => {
    const { bounced_rcpt: bounced } = params as { bounced_rcpt?: readonly HarakaAddress[] }
    const recipients = (bounced && bounced.length > 0 ? bounced : (mail.todo?.rcpt_to ?? [])).map(bare)
    tell(mail, { kind: 'bounced', recipients, answer: reasonOf(params) })
  })
}
