import {
  allows,
  domainBlocklist,
  ipAllowlist,
  ipBlocklist,
  rejects,
  scores,
  type CodeRule,
  type KnownList,
} from './known-list'

const black: readonly CodeRule[] = [
  rejects('127.0.0.2', 'sent mail to spam traps'),
  rejects('127.0.0.3', 'of very low reputation, or close to senders of spam'),
  rejects('127.0.0.200', 'listed by hand as a source of spam'),
]
const exploit: readonly CodeRule[] = [rejects('127.0.0.4', 'infected computer, open proxy or botnet')]
const policy: readonly CodeRule[] = [
  rejects('127.0.0.11', 'has a generic reverse name, as end-user addresses do'),
  rejects('127.0.0.12', 'has no reverse name'),
]
const dblack: readonly CodeRule[] = [
  rejects('127.0.1.1', 'found in spam'),
  rejects('127.0.1.2', 'newly observed and seen in spam'),
  rejects('127.0.1.3', 'reached through a short link in spam'),
]

const lookupUrl = 'https://lookup.abusix.com/search?q={item}'
const ip = { ...ipBlocklist, terms: 'commercial', lookupUrl } as const
const domain = {
  ...domainBlocklist,
  // Every name below .test is listed, and so may be the bare label that RFC 5782 asks for.
  tests: { listed: ['example.test', 'test'], unlisted: 'invalid' },
  terms: 'commercial',
  lookupUrl,
} as const

/** With a key: `<item>.<key>.<list>.mail.abusix.zone`. */
export const abusix: readonly KnownList[] = [
  {
    ...ip,
    name: 'Abusix combined',
    zone: 'combined',
    codes: [...black, ...exploit, ...policy],
    description: 'black, exploit and policy in one query',
  },
  { ...ip, name: 'Abusix black', zone: 'black', codes: black, description: 'Senders to spam traps' },
  {
    ...ip,
    name: 'Abusix exploit',
    zone: 'exploit',
    codes: exploit,
    description: 'Infected computers, open proxies, botnets',
  },
  {
    ...ip,
    name: 'Abusix policy',
    zone: 'policy',
    inputs: ['ipv4'],
    codes: policy,
    description: 'Addresses with a generic reverse name or none',
  },
  {
    ...ip,
    name: 'Abusix authbl',
    zone: 'authbl',
    // The test point 127.0.0.2 may answer with itself.
    codes: [...exploit, rejects('127.0.0.2', 'infected computer, open proxy or botnet')],
    description: 'The part of exploit seen in the last 12 hours: for places where people sign in',
  },
  {
    ...ipAllowlist,
    name: 'Abusix white',
    zone: 'white',
    codes: [allows('127.0.2.1-5', 'known for good mail')],
    terms: 'commercial',
    lookupUrl,
    description: 'Addresses known for good mail, from several sources',
  },
  {
    ...domain,
    name: 'Abusix dblack',
    zone: 'dblack',
    kinds: ['domain_blocklist'],
    codes: dblack,
    description: 'Domains found in spam; subdomains are listed with them',
  },
  {
    ...domain,
    name: 'Abusix dblack',
    zone: 'dblack',
    kinds: ['uri_blocklist'],
    inputs: ['name', 'ipv4'],
    codes: dblack,
    description: 'Domains and IP addresses found in spam; never for the connecting address',
  },
  {
    ...domain,
    name: 'Abusix nod',
    zone: 'nod',
    kinds: ['domain_blocklist'],
    codes: [scores('127.0.1.2', 'first seen within the last 25 hours')],
    description: 'Newly observed domains; meant for scoring',
  },
]
