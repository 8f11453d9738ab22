import { isIPv4 } from 'node:net'

/** `ip4:` with an address, or an address and a length (RFC 7208 section 5.6); anything else is left to others. */
const network = /^([+?~-]?)ip4:(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d|[12]\d|3[0-2]))?$/i

/**
 * An SPF record as it stands for one client: networks that are not the client's are left out, and the one that is
 * reads `all`, since nothing behind it counts. mailauth takes each for IPv6 first and throws, which for one network
 * is as much as all else it does; large senders name dozens.
 */
export function settleNetworks(record: string, ip: string): string {
  if (!/^v=spf1(?: |$)/i.test(record)) return record
  const client = isIPv4(ip) ? numberOf(ip) : undefined
  const terms = record.split(' ').flatMap((term) => {
    const [, qualifier = '', address = '', length = '32'] = network.exec(term) ?? []
    if (!isIPv4(address)) return [term]
    if (client === undefined || !isWithin(client, numberOf(address), Number(length))) return []
    return [`${qualifier}all`]
  })
  return terms.join(' ')
}

const numberOf = (address: string): number =>
  address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)

const isWithin = (client: number, address: number, length: number): boolean =>
  Math.floor(client / 2 ** (32 - length)) === Math.floor(address / 2 ** (32 - length))
