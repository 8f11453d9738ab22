import ipaddr, { IPv6, parse } from 'ipaddr.js'

/**
 * An IPv4 address in any of the forms a browser opens: 192.0.2.1, 3221225985, 0xc0.0.2.1, 0300.0.2.1, 192.513
 * (WHATWG URL section 3.5). Undefined when the text is none.
 */
export function parseIpv4(text: string): string | undefined {
  const parts = (text.endsWith('.') ? text.slice(0, -1) : text).split('.')
  if (parts.length > 4) return undefined
  const numbers = parts.map(ipv4Number)
  const last = numbers.pop()
  if (last === undefined || last >= 256 ** (4 - numbers.length)) return undefined
  let address = last
  for (const [index, number] of numbers.entries()) {
    if (number === undefined || number > 255) return undefined
    address += number * 256 ** (3 - index)
  }
  return [address / 0x1000000, address / 0x10000, address / 0x100, address]
    .map((octet) => Math.floor(octet) % 256)
    .join('.')
}

function ipv4Number(text: string): number | undefined {
  if (/^0x[0-9a-f]*$/i.test(text)) return Number.parseInt(text.slice(2) || '0', 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined
}

/** The address of an IPv6 literal without its brackets, in its shortest form; a mapped one becomes IPv4. */
export function parseIpv6(text: string): string | undefined {
  if (!text.includes(':') || text.length > 45 || text.includes('%')) return undefined
  try {
    const address = parse(text)
    if (!(address instanceof IPv6)) return undefined
    return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString()
  } catch {
    return undefined
  }
}

/** Ranges that no list on the Internet can speak about. Documentation ranges are not among them. */
const localRanges = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
  'multicast',
  'broadcast',
])

/** Also for an IPv4 address mapped into IPv6. Haraka's `is_private` counts the documentation ranges too. */
export function isLocalAddress(ip: string): boolean {
  return ipaddr.isValid(ip) && localRanges.has(ipaddr.process(ip).range())
}
