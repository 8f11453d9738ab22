import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import ipaddr from 'ipaddr.js'

/** Who asks, and how, as far as it can be believed. */
export interface ClientFacts {
  readonly ip: string
  /** Over TLS, to us or to a proxy that we trust. */
  readonly isSecure: boolean
}

/** `trusted`: addresses and CIDRs of reverse proxies; what others say of themselves counts for nothing. */
export function readClient(request: IncomingMessage, trusted: readonly string[]): ClientFacts {
  const { socket } = request
  const peer = plainAddress(socket.remoteAddress ?? '')
  const isTrusted = createIsTrusted(trusted)
  if (!isTrusted(peer)) return { ip: peer, isSecure: (socket as Partial<TLSSocket>).encrypted === true }
  const hops = fieldValues(request, 'x-forwarded-for').map(plainAddress)
  // The nearest one that is no proxy of ours: what stands before it the client may have written itself.
  const ip =
    hops.findLast((hop) => ipaddr.isValid(hop) && !isTrusted(hop)) ?? hops.find((hop) => ipaddr.isValid(hop))
  return { ip: ip ?? peer, isSecure: fieldValues(request, 'x-forwarded-proto').at(-1) === 'https' }
}

function fieldValues(request: IncomingMessage, name: string): readonly string[] {
  const value = request.headers[name]
  return (typeof value === 'string' ? value : (value ?? []).join(','))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** IPv4 addresses come in IPv6 form where one socket listens for both. */
function plainAddress(text: string): string {
  const [bare = ''] = text.replace(/^\[(.*)\]$/, '$1').split('%', 1)
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : bare
}

function createIsTrusted(trusted: readonly string[]): (ip: string) => boolean {
  const networks = trusted.map((entry) =>
    ipaddr.parseCIDR(entry.includes('/') ? entry : `${entry}/${widthOf(entry)}`),
  )
  return (ip) => {
    if (!ipaddr.isValid(ip)) return false
    const address = ipaddr.process(ip)
    return networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    )
  }
}

const widthOf = (address: string): number => (address.includes(':') ? 128 : 32)
