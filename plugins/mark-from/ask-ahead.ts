import type { Resolver } from '../lib/dns'
import type { HarakaTransaction } from '../lib/haraka/types'
import { organisationalDomain } from '../lib/mail'
import { fromDomains } from './session-facts'

/** As many signatures as are verified. */
const MAX_KEYS = 20

/**
 * Asks what DKIM and DMARC will want to know while lists are still being asked, so that no message waits for one after
 * the other. Who checks them then finds the answers in the cache, or joins the question.
 */
export function askAhead(resolver: Resolver, { header }: HarakaTransaction): void {
  const names = new Set([...keyNames(header.get_all('dkim-signature')), ...policyNames(header.header_list)])
  for (const name of names) Promise.resolve(resolver.lookup(name, 'TXT')).catch(() => undefined)
}

/** RFC 6376 section 3.6.2.1 */
function keyNames(signatures: readonly string[]): readonly string[] {
  return signatures.slice(0, MAX_KEYS).flatMap((signature) => {
    const [domain, selector] = [tagOf(signature, 'd'), tagOf(signature, 's')]
    return domain && selector ? [`${selector}._domainkey.${domain}`] : []
  })
}

const tagOf = (signature: string, tag: 'd' | 's'): string | undefined =>
  new RegExp(String.raw`(?:^|;)\s*${tag}\s*=\s*([\w.-]{1,255})\s*(?:;|$)`).exec(signature)?.[1]

/** RFC 7489 section 6.6.3; several domains in From are nobody's policy. */
function policyNames(header: readonly string[]): readonly string[] {
  const [domain, ...others] = fromDomains(header)
  if (domain === undefined || others.length > 0) return []
  return [domain, organisationalDomain(domain) ?? domain].map((name) => `_dmarc.${name}`)
}
