import { canonicalName } from './domain-name'
import { parseIpv4, parseIpv6 } from './ip-literal'
import { percentDecoded } from './percent-encoding'

/** Where a link leads: a canonical name or an IP address. */
export type Host =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'ip'; readonly ip: string }

/** The host of a URL as a browser understands it, the brackets of an IPv6 literal included. */
export function parseHost(text: string): Host | undefined {
  if (text.startsWith('[')) {
    const ip = parseIpv6(text.slice(1, text.endsWith(']') ? -1 : undefined))
    return ip === undefined ? undefined : { kind: 'ip', ip }
  }
  const decoded = text.includes('%') ? percentDecoded(text) : text
  const name = canonicalName(decoded)
  if (name !== undefined) return { kind: 'name', name }
  const ip = parseIpv4(decoded.normalize('NFKC').replace(/[\u3002\uFF61]/g, '.'))
  return ip === undefined ? undefined : { kind: 'ip', ip }
}
