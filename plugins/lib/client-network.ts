import ipaddr from 'ipaddr.js'

/** What is counted as one client: an IPv4 address, or the /64 that an IPv6 client owns. */
export function clientNetwork(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip
  const address = ipaddr.process(ip)
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).join(':') : address.toString()
}

const OWN_RANGES = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'])

/** An address of the operator's own networks; Haraka's `is_private` has those of documentation, too. */
export const isPrivateNetwork = (ip: string): boolean =>
  ipaddr.isValid(ip) && OWN_RANGES.has(ipaddr.process(ip).range())
