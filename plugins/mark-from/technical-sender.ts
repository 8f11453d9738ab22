import { isIPv6 } from 'node:net'
import { canonicalHost } from './alignment'

/** What the SMTP session says about who sent a message. */
export interface SenderFacts {
  /** Host of MAIL FROM; null for `<>` and for an address without domain. */
  readonly envelopeHost: string | null
  readonly helo: string | null
  /** The HELO name resolves to the client's address, or SPF passed for it. */
  readonly isHeloConfirmed: boolean
  readonly ip: string
}

/** Who sent a message technically. */
export interface TechnicalSender {
  /** A canonical host, or an address literal such as `[192.0.2.1]`. */
  readonly host: string
  readonly source: 'envelope' | 'helo' | 'client'
}

/**
 * A null sender is not skipped, or phish would use it. A HELO name is a mere claim until it is confirmed;
 * the address of the client is always true.
 */
export function technicalSender(facts: SenderFacts): TechnicalSender {
  if (facts.envelopeHost) return { host: canonicalHost(facts.envelopeHost), source: 'envelope' }
  if (facts.helo && facts.isHeloConfirmed) return { host: canonicalHost(facts.helo), source: 'helo' }
  return { host: addressLiteral(facts.ip), source: 'client' }
}

/** RFC 5321 section 4.1.3. */
function addressLiteral(ip: string): string {
  return isIPv6(ip) ? `[IPv6:${ip}]` : `[${ip}]`
}
