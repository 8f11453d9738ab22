import { domainToASCII } from 'node:url'
import type { DeepReadonly, NextHop, Settings, SmtpNextHop } from '../lib/settings/schema'

/** Where a domain's mail goes. */
export interface Route {
  /** The key in `next_hops`: `example.com` or `.example.com`. */
  readonly domain: string
  readonly nextHop: DeepReadonly<NextHop>
}

/** The next hop of a recipient's domain: its own entry, else the `.domain` closest above it. */
export function routeOf(nextHops: Settings['next_hops'], host: string): Route | undefined {
  const domain = canonicalDomain(host)
  for (const key of [domain, ...parents(domain)]) {
    // Own keys only: `constructor` is a domain somebody may write to.
    const nextHop = Object.hasOwn(nextHops, key) ? nextHops[key] : undefined
    if (nextHop) return { domain: key, nextHop }
  }
  return undefined
}

/** Two routes with the same name may share a transaction: same hosts, spoken to in the same way. */
export function nextHopName({ domain, nextHop }: Route): string {
  if ('maildir' in nextHop) return `maildir ${nextHop.maildir}`
  const { port, tls, auth } = nextHop
  // A password belongs to a domain's entry, so that two entries with a user are never the same.
  return [hostsOf(nextHop).join(','), port, tls, ...(auth ? [auth.user, domain] : [])].join(' ')
}

/** Mail along this route always takes the queue. */
export const isQueued = ({ nextHop }: Route): boolean => !('maildir' in nextHop) && nextHop.queue

export function hostsOf({ host }: DeepReadonly<SmtpNextHop>): readonly string[] {
  return typeof host === 'string' ? [host] : host
}

/** A-labels, lower case, no dot at the end; empty for what is no domain. */
export function canonicalDomain(host: string): string {
  return domainToASCII(host.toLowerCase()).replace(/\.$/, '')
}

/** `.b.c` and `.c` for `a.b.c`, the longest first. */
function parents(domain: string): string[] {
  const labels = domain.split('.')
  return labels.slice(1).map((_, index) => `.${labels.slice(index + 1).join('.')}`)
}
