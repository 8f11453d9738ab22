import type { Resolver } from '../lib/dns'
import { ipBytes } from '../lib/lists/ip-address'
import type { HarakaConnection, HarakaTransaction } from '../lib/haraka/types'
import { canonicalHost } from './alignment'
import type { EnvelopeFacts, ReceivedMessage } from './authentication'
import type { MethodResult } from './authentication-results'
import { fromValues } from './header-edit'
import { parseFrom } from './from-field'
import { technicalSender, type TechnicalSender } from './technical-sender'

/** What the engines want to know, out of Haraka's session. */

export async function findSender(
  connection: HarakaConnection,
  transaction: HarakaTransaction,
  recorded: readonly MethodResult[],
  resolver: Resolver,
): Promise<TechnicalSender> {
  // `<>` and `<postmaster>` have no host.
  const envelopeHost = transaction.mail_from.host ?? ''
  const { ip } = connection.remote
  const helo = connection.hello.host
  const needsHelo = envelopeHost === '' && helo !== null
  const isHeloConfirmed =
    needsHelo && (passedSpf(recorded, helo) || (await leadsTo(resolver, canonicalHost(helo), ip)))
  return technicalSender({ envelopeHost, helo, isHeloConfirmed, ip })
}

function passedSpf(recorded: readonly MethodResult[], helo: string): boolean {
  return recorded.some(
    ({ method, result, properties }) =>
      method === 'spf' &&
      result === 'pass' &&
      properties['smtp.mailfrom'] === undefined &&
      properties['smtp.helo'] === helo,
  )
}

async function leadsTo(resolver: Resolver, host: string, ip: string): Promise<boolean> {
  const client = ipBytes(ip)
  // A literal, or a single label, is no name that anyone else could look up.
  if (!client || !host.includes('.') || host.startsWith('[')) return false
  const answer = await resolver.lookup(host, client.length === 4 ? 'A' : 'AAAA')
  if (answer.kind !== 'records') return false
  return answer.records.some((record) => Buffer.compare(ipBytes(record) ?? Buffer.of(), client) === 0)
}

/** Who says to send, which is known before the message. */
export function envelopeFacts(
  { remote, hello }: HarakaConnection,
  { mail_from: sender }: HarakaTransaction,
): EnvelopeFacts {
  return {
    ip: remote.ip,
    helo: hello.host,
    sender: sender.host ? `${sender.user}@${canonicalHost(sender.host)}` : '',
  }
}

export function receivedMessage(
  connection: HarakaConnection,
  transaction: HarakaTransaction,
): Omit<ReceivedMessage, 'recorded' | 'open' | 'spf'> {
  const { header } = transaction
  return {
    ...envelopeFacts(connection, transaction),
    fromDomains: fromDomains(header.header_list),
    signatures: header.get_all('dkim-signature').length,
    isArcSealed: header.get_all('arc-seal').length > 0,
  }
}

/** Domains of the addresses in From, each once. */
export function fromDomains(lines: readonly string[]): string[] {
  const mailboxes = fromValues(lines)
    .flatMap((value) => parseFrom(value))
    .flatMap((entry) => (entry.kind === 'group' ? entry.members : [entry]))
  return [...new Set(mailboxes.flatMap(({ address }) => (address ? [canonicalHost(address.host)] : [])))]
}
