import {
  allows,
  domainBlocklist,
  ipAllowlist,
  ipBlocklist,
  rejects,
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

// The provider's tables come with the key, so an answer that no line speaks of is still a listing.
const ip = {
  ...ipBlocklist,
  others: { meaning: 'listed', action: 'reject' },
  terms: 'commercial',
} as const
const domain = {
  ...domainBlocklist,
  kinds: ['domain_blocklist'],
  codes: [] as readonly CodeRule[],
  tests: { listed: ['test', 'example.test'], unlisted: 'invalid' },
  others: { meaning: 'listed', action: 'reject' },
  terms: 'commercial',
} as const

/** With a key: `<item>.<key>.<list>.<suffix>`; the suffix comes with the key. */
export const step3it: readonly KnownList[] = [
  {
    ...ip,
    name: 'step3IT combined',
    zone: 'combined',
    codes: [...black, ...exploit, ...policy],
    description: 'black, exploit and policy in one query',
  },
  { ...ip, name: 'step3IT black', zone: 'black', codes: black, description: 'Sources of spam' },
  {
    ...ip,
    name: 'step3IT exploit',
    zone: 'exploit',
    codes: exploit,
    description: 'Infected and exploited computers',
  },
  {
    ...ip,
    name: 'step3IT policy',
    zone: 'policy',
    codes: policy,
    description: 'Addresses that should not send mail directly',
  },
  {
    ...ip,
    name: 'step3IT authbl',
    zone: 'authbl',
    codes: exploit,
    description: 'Bots that try passwords on mail servers',
  },
  {
    ...ipAllowlist,
    name: 'step3IT welcome',
    zone: 'welcome',
    codes: [allows('127.0.2.1-5', 'known for good mail')],
    others: { meaning: 'known for good mail', action: 'allow' },
    terms: 'commercial',
    description: 'Addresses known for good mail',
  },
  { ...domain, name: 'step3IT combined', zone: 'combined', description: 'All domain lists in one query' },
  { ...domain, name: 'step3IT black', zone: 'black', description: 'Domains of spammers' },
  { ...domain, name: 'step3IT exploit', zone: 'exploit', description: 'Domains of malware and phishing' },
  {
    ...domain,
    name: 'step3IT policy',
    zone: 'policy',
    description: 'Names that should not send mail directly',
  },
  {
    ...domain,
    name: 'step3IT nod',
    zone: 'nod',
    others: { meaning: 'first seen a short while ago', action: 'score' },
    description: 'Newly observed domains; meant for scoring',
  },
  {
    ...domain,
    name: 'step3IT dblack',
    zone: 'dblack',
    kinds: ['uri_blocklist'],
    inputs: ['name', 'ipv4'],
    codes: [
      rejects('127.0.1.1', 'found in spam'),
      rejects('127.0.1.2', 'newly observed and seen in spam'),
      rejects('127.0.1.3', 'reached through a short link in spam'),
    ],
    description: 'Domains and IP addresses found in spam',
  },
]
