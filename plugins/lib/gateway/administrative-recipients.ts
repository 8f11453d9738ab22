import type { Settings } from '../settings/schema'

/** Must be reachable at every domain, also for those we refuse (RFC 5321 4.5.1, RFC 2142). */
const ALWAYS_REACHABLE = new Set(['postmaster', 'abuse'])
const AT_THE_HOSTNAME = new Set([...ALWAYS_REACHABLE, 'security', 'noc', 'root'])

export interface Recipient {
  readonly user: string
  readonly host: string | null
}

/** Mail to the people who can help: no list keeps it away. */
export function isAdministrative(recipient: Recipient, settings: Settings, hostname: string): boolean {
  const user = recipient.user.toLowerCase().split('+')[0] ?? ''
  const host = (recipient.host ?? '').toLowerCase()
  if (ALWAYS_REACHABLE.has(user)) return true
  if (AT_THE_HOSTNAME.has(user) && host === hostname.toLowerCase()) return true
  const address = `${recipient.user}@${host}`.toLowerCase()
  return settings.admin_contacts.some((contact) => contact.toLowerCase() === address)
}
