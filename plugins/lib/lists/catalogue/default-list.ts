import type { ListKind } from '../types'
import { ipv4TestPoints, nameTestPoints, type KnownList } from './known-list'

/**
 * What can be said of a list that nobody knows: it follows RFC 5782. Domain and URI lists get names only,
 * because many answer a question about an address with an error code that reads like a listing.
 */
export function defaultList(zone: string, kind: ListKind): KnownList {
  const takesIps = kind === 'ip_blocklist' || kind === 'ip_allowlist'
  return {
    name: zone,
    zone,
    kinds: [kind],
    inputs: takesIps ? ['ipv4', 'ipv6'] : ['name'],
    names: 'full',
    codes: [],
    errors: [],
    others: { meaning: 'listed', action: kind === 'ip_allowlist' ? 'allow' : 'reject' },
    tests: takesIps ? ipv4TestPoints : nameTestPoints,
    terms: 'free',
    description: 'A list of your own choice',
  }
}
