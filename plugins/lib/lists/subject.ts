import { isReservedName, organisationalDomain } from '../mail/domain-name'
import { ipBytes } from './ip-address'
import { reversed } from './query-name'
import type { Item } from './types'

/** A canonical item, and what all lists want to know about it, worked out once. */
export interface Subject {
  readonly item: Item
  readonly input: 'ipv4' | 'ipv6' | 'name'
  /** What stands before the zone of a list: octets or nibbles reversed, or the name. */
  readonly labels: string
  readonly organisationalDomain: string | undefined
  /** What counts as one asker or one asked: the /16 or IPv6 /32 of an address, the organisational domain of a name. */
  readonly network: string
}

export function createSubject(item: Item): Subject {
  if (item.kind === 'name') {
    const domain = organisationalDomain(item.name)
    return {
      item,
      input: 'name',
      labels: item.name,
      organisationalDomain: domain,
      network: domain ?? item.name,
    }
  }
  const bytes = ipBytes(item.ip)
  const isIpv4 = bytes?.length === 4
  return {
    item,
    input: isIpv4 ? 'ipv4' : 'ipv6',
    labels: bytes ? reversed(bytes) : item.ip,
    organisationalDomain: undefined,
    network: bytes ? bytes.subarray(0, isIpv4 ? 2 : 4).join('.') : item.ip,
  }
}

/** Why no list in the DNS can know the name. List files are the operator's own, and may hold any name. */
export function whyUseless(
  { item, organisationalDomain: domain }: Subject,
  isOwnName: (name: string) => boolean,
): string | undefined {
  if (item.kind !== 'name') return undefined
  if (isOwnName(item.name)) return 'one of our own names'
  if (isReservedName(item.name)) return 'a reserved name (RFC 6761)'
  return domain === undefined ? 'the name lies in no registered domain' : undefined
}
