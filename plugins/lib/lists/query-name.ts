import { domainToASCII } from 'node:url'
import { ipBytes, formatIp, type IpBytes } from './ip-address'
import type { Item } from './types'

/** RFC 1035 section 2.3.4, as text without the trailing dot. */
const maxNameLength = 253

/**
 * The item in the form that lists know: a mapped IPv4 address as IPv4, IPv6 as RFC 5952 writes it, names
 * as lower-case A-labels without a trailing dot. Undefined when it is no address or no name of the DNS.
 */
export function canonicalItem(item: Item): Item | undefined {
  if (item.kind === 'ip') {
    const bytes = ipBytes(item.ip)
    return bytes && { kind: 'ip', ip: formatIp(bytes) }
  }
  const name = canonicalName(item.name)
  return name === undefined ? undefined : { kind: 'name', name }
}

export function canonicalName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  if (/[^a-z0-9_.\-\u0080-\uffff]/.test(name)) return undefined // domainToASCII would cut at / or ?
  const ascii = /^[a-z0-9_.-]+$/.test(name) ? name : domainToASCII(name)
  return isDnsName(ascii) ? ascii : undefined
}

/** Octets or nibbles in reverse, by the length of the address (RFC 5782 sections 2.1 and 2.4). */
export function reversed(bytes: IpBytes): string {
  if (bytes.length === 4) return [...bytes].reverse().join('.')
  return [...bytes]
    .reverse()
    .map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`)
    .join('.')
}

/** The whole name to ask, or undefined when it is too long for the DNS. */
export function queryName(labels: string, zone: string): string | undefined {
  const name = `${labels}.${zone}`
  return name.length <= maxNameLength ? name : undefined
}

function isDnsName(name: string): boolean {
  // No top-level domain is a number, so that is an address or a slip of the pen.
  if (name.length === 0 || name.length > maxNameLength || /(?:^|\.)\d+$/.test(name)) return false
  return name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label))
}
