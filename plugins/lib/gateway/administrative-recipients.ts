import { ipBytes } from '../lists/ip-address'
import { canonicalDomain } from '../settings/canonical'
import type { Settings } from '../settings/schema'

/** Must be reachable at every domain, also for those we refuse (RFC 5321 4.5.1, RFC 2142). */
const ALWAYS_REACHABLE = new Set(['postmaster', 'abuse'])
const AT_THE_GATEWAY = new Set([...ALWAYS_REACHABLE, 'security', 'noc', 'root'])

export interface Recipient {
  readonly user: string
  readonly host: string | null
}

/** Mail to the people who can help: no list keeps it away. */
export function isAdministrative(recipient: Recipient, settings: Settings, hostname: string): boolean {
  const name = roleOf(recipient)
  const host = recipient.host ?? ''
  if (ALWAYS_REACHABLE.has(name)) return true
  // A literal that is not ours is refused by whoever routes.
  if (AT_THE_GATEWAY.has(name) && (host.startsWith('[') || isSameDomain(host, hostname))) return true
  const address = `${recipient.user}@${host}`.toLowerCase()
  return settings.admin_contacts.some((contact) => contact.toLowerCase() === address)
}

/** `postmaster` or `abuse` of any domain. */
export const isRoleOfDomain = (recipient: Recipient): boolean => ALWAYS_REACHABLE.has(roleOf(recipient))

/** The gateway itself: its name, and the address that the client has connected to. */
export interface Self {
  readonly hostname: string
  readonly ip: string
}

/** An administrator of this gateway: by its hostname, by address literal, or the bare `postmaster`. */
export function isAdministrator(recipient: Recipient, self: Self): boolean {
  const host = recipient.host ?? ''
  const here = host === '' || isSameDomain(host, self.hostname) || isLiteralOf(host, self.ip)
  return here && AT_THE_GATEWAY.has(roleOf(recipient))
}

/** A user of this machine, as its own programs write to: `cron@localhost`, `www-data` at the hostname. */
export function isLocalUser({ host }: Recipient, { next_hops }: Settings, hostname: string): boolean {
  const isHosted = (domain: string): boolean => Object.hasOwn(next_hops, domain)
  const domain = (host ?? '').toLowerCase()
  if (domain === '' || domain === 'localhost') return !isHosted('localhost')
  return isSameDomain(domain, hostname) && !isHosted(canonicalDomain(domain) ?? domain)
}

export function isLoopback(ip: string): boolean {
  const bytes = ipBytes(ip)
  if (bytes?.length === 4) return bytes[0] === 127
  return bytes?.every((byte, index) => byte === (index === 15 ? 1 : 0)) === true
}

/** The local part in lower case, without the tag of `postmaster+tag`. */
const roleOf = ({ user }: Recipient): string => user.toLowerCase().split('+')[0] ?? ''

function isSameDomain(one: string, other: string): boolean {
  const name = canonicalDomain(one.replace(/\.$/, ''))
  return name !== undefined && name === canonicalDomain(other)
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 4.1.3). */
function isLiteralOf(host: string, ip: string): boolean {
  const [, literal] = /^\[(?:ipv6:)?([\d.a-f:]+)\]$/i.exec(host) ?? []
  const [written, own] = [ipBytes(literal ?? ''), ipBytes(ip)]
  return written !== undefined && own !== undefined && Buffer.compare(written, own) === 0
}
