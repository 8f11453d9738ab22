import {
  allows,
  domainBlocklist,
  ipAllowlist,
  ipBlocklist,
  notes,
  rejects,
  scores,
  type KnownList,
} from './known-list'
import { spamhausFree } from './spamhaus'

const spamEatingMonkeyTests = { listed: ['_dnsbl_.test'], unlisted: '_dnsblneg_.test' } as const
const spamEatingMonkeyUrl = 'https://spameatingmonkey.com/lookup/{item}'

const ipLists: readonly KnownList[] = [
  {
    ...ipBlocklist,
    name: 'Barracuda',
    zone: 'b.barracudacentral.org',
    inputs: ['ipv4'],
    codes: [rejects('127.0.0.2', 'of poor reputation')],
    terms: 'free',
    lookupUrl: 'https://www.barracudacentral.org/lookups/lookup-reputation?ip_address={item}',
    description: 'Senders of spam; free, but the asking resolver must be registered',
  },
  {
    ...ipBlocklist,
    name: 'SpamCop',
    zone: 'bl.spamcop.net',
    codes: [rejects('127.0.0.2', 'reported as a source of spam')],
    terms: 'free',
    lookupUrl: 'https://www.spamcop.net/w3m?action=checkblock&ip={item}',
    description: 'Sources of spam that users reported in the last 24 hours',
  },
  {
    ...ipBlocklist,
    name: 'CBL',
    zone: 'cbl.abuseat.org',
    inputs: ['ipv4'],
    codes: [rejects('127.0.0.2', 'infected or exploited computer')],
    terms: 'free-low-volume',
    lookupUrl: 'https://check.spamhaus.org/results/?query={item}',
    description: 'Infected computers; part of Spamhaus XBL, which replaces it',
  },
  {
    ...ipBlocklist,
    name: 'PSBL',
    zone: 'psbl.surriel.com',
    codes: [rejects('127.0.0.2', 'sent mail to spam traps')],
    terms: 'free',
    lookupUrl: 'https://psbl.org/listing?ip={item}',
    description: 'Passive Spam Block List: senders to spam traps, easily removed',
  },
  ...[
    ['1', 'sent mail to spam traps', 'Single addresses'],
    ['2', 'in a network with several senders of spam', 'Networks; lists neighbours too: for scoring'],
    ['3', 'at a provider with many senders of spam', 'Whole providers: for scoring'],
  ].map(([level = '', meaning = '', description = '']): KnownList => ({
    ...ipBlocklist,
    name: `UCEPROTECT level ${level}`,
    zone: `dnsbl-${level}.uceprotect.net`,
    inputs: ['ipv4'],
    codes: [level === '1' ? rejects('127.0.0.2', meaning) : scores('127.0.0.2', meaning)],
    terms: 'free',
    lookupUrl: 'https://www.uceprotect.net/en/rblcheck.php?ipr={item}',
    description,
  })),
  {
    ...ipBlocklist,
    name: 'SpamEatingMonkey black',
    zone: 'bl.spameatingmonkey.net',
    inputs: ['ipv4'],
    codes: [rejects('127.0.0.2', 'sent mail to spam traps')],
    terms: 'free-low-volume',
    lookupUrl: spamEatingMonkeyUrl,
    description: 'Senders to spam traps',
  },
  {
    ...ipBlocklist,
    name: 'SpamEatingMonkey backscatter',
    zone: 'backscatter.spameatingmonkey.net',
    inputs: ['ipv4'],
    codes: [scores('127.0.0.2', 'sent bounces to spam traps')],
    terms: 'free-low-volume',
    lookupUrl: spamEatingMonkeyUrl,
    description: 'Senders of misdirected bounces; meant for scoring',
  },
  {
    ...ipBlocklist,
    name: 'Mailspike',
    zone: 'bl.mailspike.net',
    inputs: ['ipv4'],
    codes: [
      rejects('127.0.0.2', 'part of a spam wave'),
      rejects('127.0.0.10', 'of the worst reputation'),
      rejects('127.0.0.11', 'of very bad reputation'),
      rejects('127.0.0.12', 'of bad reputation'),
    ],
    terms: 'free-low-volume',
    lookupUrl: 'https://mailspike.org/iplookup.html',
    description: 'Spam waves and addresses of bad reputation',
  },
  {
    ...ipBlocklist,
    name: 'SenderScore',
    zone: 'bl.score.senderscore.com',
    inputs: ['ipv4'],
    codes: [
      rejects('127.0.0.&1', 'infected computer'),
      rejects('127.0.0.&2', 'sends mail without authentication'),
      rejects('127.0.0.&4', 'sent mail to spam traps'),
      rejects('127.0.0.&8', 'sends suspicious attachments'),
      rejects('127.0.0.&16', 'of low reputation'),
    ],
    errors: [{ code: '127.255.255.255', reason: 'too many queries from this resolver for free use' }],
    terms: 'free-low-volume',
    lookupUrl: 'https://senderscore.org/assess/get-your-score/report/?lookup={item}',
    description: 'Senders of low reputation',
  },
  {
    ...ipBlocklist,
    name: 'Hostkarma',
    zone: 'hostkarma.junkemailfilter.com',
    inputs: ['ipv4'],
    codes: [
      notes('127.0.0.1', 'white: sends only good mail'),
      rejects('127.0.0.2', 'black: sends only spam'),
      notes('127.0.0.3', 'yellow: sends good mail and spam'),
      scores('127.0.0.4', 'brown: sends mostly spam'),
      notes('127.0.0.5', 'should not be on blocklists'),
    ],
    terms: 'free-low-volume',
    lookupUrl: 'https://ipadmin.junkemailfilter.com/remove.php?ip={item}',
    description: 'Reputation in colours',
  },
  {
    ...ipAllowlist,
    name: 'Hostkarma',
    zone: 'hostkarma.junkemailfilter.com',
    inputs: ['ipv4'],
    codes: [allows('127.0.0.1', 'white: sends only good mail'), notes('127.0.0.2', 'black: sends only spam')],
    terms: 'free-low-volume',
    lookupUrl: 'https://ipadmin.junkemailfilter.com/remove.php?ip={item}',
    description: 'Reputation in colours; only white allows',
  },
  {
    ...ipAllowlist,
    name: 'DNSWL',
    zone: 'list.dnswl.org',
    // The last octet is the trust, the third the category of the sender.
    codes: [
      allows('127.0.x.0', 'known sender, no trust stated: should not be refused outright'),
      allows('127.0.x.1', 'known sender, low trust'),
      allows('127.0.x.2', 'known sender, medium trust'),
      allows('127.0.x.3', 'known sender, high trust'),
    ],
    errors: [
      { code: '127.0.0.255', reason: 'too many queries from this resolver: DNSWL wants a subscription' },
    ],
    terms: 'free-low-volume',
    lookupUrl: 'https://www.dnswl.org/s/?s={item}',
    description: 'Known senders of good mail, with a level of trust',
  },
  {
    ...ipAllowlist,
    name: 'Mailspike whitelist',
    zone: 'wl.mailspike.net',
    inputs: ['ipv4'],
    // 127.0.0.2 is what its test point answers.
    codes: [
      allows('127.0.0.17-20', 'of good reputation'),
      notes('127.0.0.2', 'of good reputation, level not stated'),
    ],
    terms: 'free-low-volume',
    lookupUrl: 'https://mailspike.org/iplookup.html',
    description: 'Addresses of good reputation',
  },
]

const domainLists: readonly KnownList[] = [
  {
    ...domainBlocklist,
    name: 'URIBL',
    zone: 'multi.uribl.com',
    inputs: ['name', 'ipv4'],
    names: 'organisational',
    codes: [
      rejects('127.0.0.&2', 'black: found in spam'),
      scores('127.0.0.&4', 'grey: found in unwanted bulk mail'),
      notes('127.0.0.&8', 'red: looks new or suspicious, not yet confirmed'),
    ],
    errors: [
      {
        code: '127.0.0.&1',
        reason:
          'URIBL refuses this resolver, as it does public ones: set dns.servers to a resolver of your own',
      },
    ],
    tests: { listed: ['test.uribl.com', 'test'], unlisted: 'invalid' },
    terms: 'free-low-volume',
    lookupUrl: 'https://admin.uribl.com/?section=lookup&query={item}',
    description: 'Domains found in spam; organisational domains only',
  },
  {
    ...domainBlocklist,
    name: 'SURBL',
    zone: 'multi.surbl.org',
    kinds: ['uri_blocklist'],
    inputs: ['name', 'ipv4'],
    names: 'organisational',
    codes: [
      rejects('127.x.x.&4', 'found in spam (older list)'),
      rejects('127.x.x.&8', 'phishing'),
      rejects('127.x.x.&16', 'malware'),
      rejects('127.x.x.&32', 'found in spam (older list)'),
      rejects('127.x.x.&64', 'found in spam'),
      rejects('127.x.x.&128', 'cracked site'),
    ],
    errors: [
      {
        code: '127.x.x.&1',
        reason:
          'SURBL refuses this resolver, as it does public ones: set dns.servers to a resolver of your own',
      },
    ],
    tests: { listed: ['test.surbl.org', 'test'], unlisted: 'invalid' },
    terms: 'free-low-volume',
    lookupUrl: 'https://surbl.org/surbl-analysis',
    description: 'Domains and IP addresses of links in spam; not for names elsewhere in the message',
  },
  {
    ...domainBlocklist,
    name: 'SpamEatingMonkey URI',
    zone: 'uribl.spameatingmonkey.net',
    names: 'organisational',
    codes: [rejects('127.0.0.2', 'found in spam')],
    tests: spamEatingMonkeyTests,
    terms: 'free-low-volume',
    lookupUrl: spamEatingMonkeyUrl,
    description: 'Domains found in mail to spam traps',
  },
  ...[
    ['fresh', '5 days'],
    ['fresh10', '10 days'],
    ['fresh15', '15 days'],
    ['fresh30', '30 days'],
  ].map(([zone = '', age = '']): KnownList => ({
    ...domainBlocklist,
    name: `SpamEatingMonkey ${zone}`,
    zone: `${zone}.spameatingmonkey.net`,
    names: 'organisational',
    codes: [scores('127.0.0.2', `registered within the last ${age}`)],
    tests: spamEatingMonkeyTests,
    terms: 'free-low-volume',
    lookupUrl: spamEatingMonkeyUrl,
    description: `Domains registered within the last ${age}; meant for scoring`,
  })),
]

/** Lists that anybody may ask by their public zone. */
export const publicLists: readonly KnownList[] = [...spamhausFree, ...ipLists, ...domainLists]

/** Zones that must not be asked any more: some answer every question with a listing. */
export const closedLists: ReadonlyMap<string, string> = new Map([
  ['dnsbl.sorbs.net', 'SORBS closed in 2024'],
  ['relays.ordb.org', 'ORDB closed in 2006 and listed the whole Internet later'],
  ['dnsbl.ahbl.org', 'AHBL closed in 2015 and lists the whole Internet'],
  ['rhsbl.ahbl.org', 'AHBL closed in 2015 and lists the whole Internet'],
  ['dnsbl.njabl.org', 'NJABL closed in 2013'],
  ['combined.njabl.org', 'NJABL closed in 2013'],
  ['bl.spamcannibal.org', 'SpamCannibal closed in 2018 and lists the whole Internet'],
])
