import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { parse } from 'tldts'
import { suffixOptions } from '../lib/mail/domain-name'

/** Which hosts belong to one organisation. */
export interface Alignment {
  readonly isAligned: (host: string, other: string) => boolean
  /** Null for IP addresses, public suffixes and single labels. Takes canonical hosts. */
  readonly organisationalDomain: (host: string) => string | null
}

export interface AlignmentSettings {
  readonly alignment: 'organisational' | 'strict'
  readonly extra_suffixes: readonly string[]
}

/** Lower case, A-labels, without the dot of the root. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase()
  // What IDNA refuses stays as it is: it is equal to nothing but itself.
  const ascii = /[^\0-\x7f]/.test(lower) ? domainToASCII(lower) || lower : lower
  return ascii.endsWith('.') ? ascii.slice(0, -1) : ascii
}

/** `host` is `domain`, or stands below it; the pattern `.domain` takes only what is below. */
export function isWithin(host: string, pattern: string): boolean {
  return pattern.startsWith('.') ? host.endsWith(pattern) : host === pattern || host.endsWith(`.${pattern}`)
}

/** A domain or `.domain` of the settings, canonical. */
export function canonicalPattern(pattern: string): string {
  return pattern.startsWith('.') ? `.${canonicalHost(pattern.slice(1))}` : canonicalHost(pattern)
}

function isIpLiteral(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0
}

export function createAlignment(settings: AlignmentSettings): Alignment {
  const extraSuffixes = settings.extra_suffixes.map(canonicalHost)

  function organisationalDomain(host: string): string | null {
    if (isIpLiteral(host) || host.length > 253 || host.startsWith('.') || host.includes('..')) return null
    const known = parse(host, suffixOptions)
    let suffix = known.publicSuffix ?? ''
    for (const extra of extraSuffixes) {
      if (extra.length > suffix.length && isWithin(host, extra)) suffix = extra
    }
    if (suffix === known.publicSuffix) return known.domain
    return suffix === host ? null : host.slice(host.lastIndexOf('.', host.length - suffix.length - 2) + 1)
  }

  function isAligned(host: string, other: string): boolean {
    const a = canonicalHost(host)
    const b = canonicalHost(other)
    if (a === b) return a !== ''
    if (settings.alignment === 'strict') return false
    // The longer one is looked up: no public suffix lies between it and its organisational domain.
    const [upper, lower] = a.length < b.length ? [a, b] : [b, a]
    // Two hosts without organisational domain are not of the same one: null equals null would be a bypass.
    const domain = organisationalDomain(lower)
    if (domain === null || isIpLiteral(upper) || !isWithin(upper, domain)) return false
    return isWithin(lower, upper) || organisationalDomain(upper) === domain
  }

  return { isAligned, organisationalDomain }
}
