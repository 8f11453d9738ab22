import type { Resolver } from '../dns/types'
import type { Trial, TrialOptions } from './index'

/** Contacts at domains that mail can't be sent to. Those with a next hop here are reached through it. */
export function contactTrials({ next, now, resolver }: TrialOptions): Trial[] {
  const known = new Set(now.settings.admin_contacts)
  return next.settings.admin_contacts.flatMap((address, index) => {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
    if (known.has(address) || Object.hasOwn(next.settings.next_hops, domain)) return []
    const path = ['admin_contacts', index]
    return [{ path, what: address, run: () => mailFault(domain, resolver) }]
  })
}

/** RFC 5321 section 5.1: MX, or else an address of the domain itself. */
async function mailFault(domain: string, resolver: Resolver): Promise<string[]> {
  const mx = await resolver.lookup(domain, 'MX')
  if (mx.kind === 'records') return mx.records.some((record) => record.endsWith(' ')) ? [noMail(domain)] : []
  if (mx.kind === 'nxdomain') return [`there is no domain ${domain}`]
  if (mx.kind !== 'nodata')
    return [`whether ${domain} takes mail could not be found out: DNS does not answer`]
  const answers = await Promise.all([resolver.lookup(domain, 'A'), resolver.lookup(domain, 'AAAA')])
  return answers.some(({ kind }) => kind === 'records') ? [] : [noMail(domain)]
}

const noMail = (domain: string): string => `${domain} takes no mail: it has no mail server in DNS`
