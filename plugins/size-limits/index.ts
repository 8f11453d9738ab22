/**
 * size-limits: how big a message may be, for all, and lower for some hosts, senders and recipients.
 *
 * EHLO advertises what applies to the client (RFC 1870). A declared size is judged at MAIL and RCPT; what really
 * comes is counted as it arrives and not kept beyond the limit, so that memory stays bounded.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { useReverseNames } from '../lib/gateway/reverse-names'
import { proceed, refuse, registerHook, type Outcome } from '../lib/haraka/hook'
import { watchMessageLines } from '../lib/haraka/message-lines'
import { messageNotes, type SizeLimit } from '../lib/haraka/notes'
import { rehearsalOf } from '../lib/haraka/rehearsal'
import { tooBig } from '../lib/haraka/replies'
import type { HarakaAddress, HarakaConnection, HarakaPlugin, HarakaTransaction } from '../lib/haraka/types'
import { createSizeLimits, least, type SizeLimits } from './limits'

const DOT = 0x2e

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)
  let limits = createSizeLimits(gateway.settings().message_size)
  gateway.onSettings(({ message_size }) => {
    limits = createSizeLimits(message_size)
  })

  registerHook(this, 'capabilities', { onError: 'pass' }, async (connection) => {
    advertise(connection, (await clientLimit(gateway, limits, connection)).bytes)
    return proceed
  })
  registerHook(this, 'mail', { onError: 'pass', priority: -40 }, async (connection, params) => {
    const [sender, { SIZE: declared }] = params as [HarakaAddress, Record<string, string | null>]
    const forClient = await clientLimit(gateway, limits, connection)
    const limit = least(forClient, [limits.forSender(sender.address)])
    return judgeDeclared(connection, Number(declared ?? 0), limit)
  })
  registerHook(this, 'rcpt', { onError: 'pass', priority: -40 }, (connection, params) => {
    const [recipient] = params as [HarakaAddress]
    return judgeRecipient(connection, limits.forRecipient(recipient.address))
  })
  // Only a recipient who was accepted lowers what the message may have.
  registerHook(this, 'rcpt_ok', { onError: 'pass' }, (connection, recipient) => {
    lowerLimit(connection, limits.forRecipient((recipient as HarakaAddress).address))
    return proceed
  })
  registerHook(this, 'data', { onError: 'pass' }, ({ transaction }) => {
    if (transaction) countBytes(transaction)
    return proceed
  })
  // First at end of data: nobody should look at a message of which only the start was kept.
  registerHook(this, 'data_post', { onError: 'tempfail', priority: -100 }, ({ transaction }) => {
    const size = transaction && messageNotes(transaction).size
    return size && size.receivedBytes > size.limit.bytes ? refuse(tooBig()) : proceed
  })
}

/** What may come from this client; its names are looked up only if some limit is given by name. */
async function clientLimit(
  gateway: Gateway,
  limits: SizeLimits,
  connection: HarakaConnection,
): Promise<SizeLimit> {
  const { ip } = connection.remote
  if (!limits.usesNames) return limits.forClient({ ip, names: [] })
  const { confirmed } = await useReverseNames(gateway.resolver, connection)
  return limits.forClient({ ip, names: await confirmed })
}

function advertise(connection: HarakaConnection, limitBytes: number): void {
  const { capabilities } = connection
  if (capabilities)
    connection.capabilities = capabilities.map((line) => line.replace(/^SIZE \d+$/, `SIZE ${limitBytes}`))
}

function judgeDeclared(connection: HarakaConnection, declaredBytes: number, limit: SizeLimit): Outcome {
  if (connection.transaction)
    messageNotes(connection.transaction).size = { declaredBytes, receivedBytes: 0, limit }
  return declaredBytes > limit.bytes ? refuse(tooBig()) : proceed
}

function judgeRecipient(connection: HarakaConnection, limit: SizeLimit | undefined): Outcome {
  const { transaction } = connection
  const size = transaction && messageNotes(transaction).size
  if (!size || !limit || size.declaredBytes <= limit.bytes) return proceed
  rehearsalOf(connection)?.tell({
    kind: 'log',
    plugin: 'size-limits',
    text: `more than message_size.recipients ${limit.key} allows`,
  })
  return refuse(tooBig())
}

function lowerLimit({ transaction }: HarakaConnection, limit: SizeLimit | undefined): void {
  const size = transaction && messageNotes(transaction).size
  if (size) size.limit = least(size.limit, [limit])
}

/** Counts as RFC 1870 section 5 does: CRLF yes, the dots of dot-stuffing no. */
function countBytes(transaction: HarakaTransaction): void {
  const { size } = messageNotes(transaction)
  if (!size) return
  watchMessageLines(transaction, (line) => {
    size.receivedBytes += line[0] === DOT ? line.length - 1 : line.length
    return size.receivedBytes > size.limit.bytes ? 'drop' : 'keep'
  })
}
