import {
  domainBlocklist,
  ipBlocklist,
  rejects,
  scores,
  type CodeRule,
  type ErrorRule,
  type KnownList,
} from './known-list'

const errors: readonly ErrorRule[] = [
  { code: '127.255.255.250', reason: 'the key is disabled or wrong: check it in the Spamhaus portal' },
  { code: '127.255.255.251', reason: 'the key is used against its terms: ask Spamhaus about it' },
  { code: '127.255.255.252', reason: 'the zone name is misspelt' },
  {
    code: '127.255.255.254',
    reason:
      'asked through a public resolver, which Spamhaus refuses: set dns.servers to a resolver of your own',
  },
  {
    code: '127.255.255.255',
    reason: 'too many queries from this resolver for free use: Spamhaus wants a contract (DQS)',
  },
]

const sbl: readonly CodeRule[] = [
  rejects('127.0.0.2', 'SBL: source of spam, or supports spammers'),
  rejects('127.0.0.3', 'CSS: sends low-reputation bulk mail'),
  rejects('127.0.0.9', 'DROP: network run by criminals'),
  rejects('127.0.0.30', 'BCL: controls a botnet'),
]
const xbl: readonly CodeRule[] = [
  rejects('127.0.0.4', 'XBL: infected or exploited computer'),
  rejects('127.0.0.5-7', 'XBL: infected or exploited computer (older code)'),
]
const pbl: readonly CodeRule[] = [
  rejects('127.0.0.10', 'PBL: its provider says that it should not send mail directly'),
  rejects('127.0.0.11', 'PBL: end-user address that should not send mail directly'),
]
const authbl: readonly CodeRule[] = [
  rejects('127.0.0.20', 'AuthBL: tries stolen or guessed passwords on mail servers'),
]
const dbl: readonly CodeRule[] = [
  rejects('127.0.1.2', 'domain of low reputation'),
  rejects('127.0.1.4', 'phishing domain'),
  rejects('127.0.1.5', 'malware domain'),
  rejects('127.0.1.6', 'domain controls a botnet'),
  rejects('127.0.1.102', 'honest domain, abused by spammers'),
  rejects('127.0.1.103', 'redirector, abused by spammers'),
  rejects('127.0.1.104', 'honest domain, abused for phishing'),
  rejects('127.0.1.105', 'honest domain, abused to spread malware'),
  rejects('127.0.1.106', 'honest domain, abused to control a botnet'),
]
const zrd: readonly CodeRule[] = Array.from({ length: 23 }, (_, at) =>
  scores(`127.0.2.${at + 2}`, `domain first seen less than ${at + 2} hours ago`),
)

const ipQueried = (code: string): ErrorRule => ({
  code,
  reason: 'it was asked about an IP address and takes only domain names',
})

const ip = { ...ipBlocklist, errors, lookupUrl: 'https://check.spamhaus.org/results/?query={item}' }
const domain = {
  ...domainBlocklist,
  // The DBL is documented for every place where a domain stands; asking it about subdomains is right too.
  lookupUrl: 'https://check.spamhaus.org/results/?query={item}',
}

const lists: readonly Omit<KnownList, 'terms'>[] = [
  {
    ...ip,
    name: 'Spamhaus ZEN',
    zone: 'zen',
    codes: [...sbl, ...xbl, ...pbl],
    description: 'SBL, XBL and PBL in one query: spammers, infected computers, end-user addresses',
  },
  { ...ip, name: 'Spamhaus SBL', zone: 'sbl', codes: sbl, description: 'Sources and supporters of spam' },
  {
    ...ip,
    name: 'Spamhaus XBL',
    zone: 'xbl',
    codes: xbl,
    description: 'Infected and exploited computers',
  },
  {
    ...ip,
    name: 'Spamhaus SBL-XBL',
    zone: 'sbl-xbl',
    codes: [...sbl, ...xbl],
    description: 'SBL and XBL in one query',
  },
  {
    ...ip,
    name: 'Spamhaus PBL',
    zone: 'pbl',
    codes: pbl,
    description: 'End-user addresses that should send mail through their provider',
  },
  {
    ...ip,
    name: 'Spamhaus AuthBL',
    zone: 'authbl',
    codes: authbl,
    description: 'Bots that try passwords on mail servers',
  },
  {
    ...domain,
    name: 'Spamhaus DBL',
    zone: 'dbl',
    codes: dbl,
    errors: [ipQueried('127.0.1.255'), ...errors],
    description: 'Domains of spam, phishing, malware and botnets',
  },
  {
    ...domain,
    name: 'Spamhaus ZRD',
    zone: 'zrd',
    codes: zrd,
    errors: [ipQueried('127.0.2.255'), ...errors],
    description: 'Domains first seen in the last 24 hours; meant for scoring',
  },
]

/** With a key: `<item>.<key>.<list>.dq.spamhaus.net`. */
export const spamhausDqs: readonly KnownList[] = lists.map((list) => ({ ...list, terms: 'commercial' }))

/** Public mirrors, free for low volume. */
export const spamhausFree: readonly KnownList[] = lists
  .filter(({ zone }) => zone !== 'zrd' && zone !== 'authbl')
  .map((list) => ({ ...list, zone: `${list.zone}.spamhaus.org`, terms: 'free-low-volume' }))
