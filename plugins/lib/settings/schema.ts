import { z } from 'zod'
import { isRedisAddress } from '../fleet/redis-address'
import { isPasswordHash } from '../password-hash'
import {
  isAddress,
  isDnsServer,
  isDomainPattern,
  isEmailAddress,
  isHostname,
  isIpOrCidr,
  isPageUrl,
  isUserName,
} from './formats'
import { arcSettings, markFromSettings } from './mark-from'
import { OWN_BY_DEFAULT } from './own-by-default'

/**
 * The one description of gateway.yaml: types, validation, JSON schema and forms come from here.
 * Every object is strict, so that a misspelt key is an error and not a silent default.
 */

const port = z.int().min(1).max(65535)
const bytes = z.int().min(1024).describe('bytes')
const seconds = (least: number): z.ZodInt => z.int().min(least).max(86_400).describe('seconds')
const hostname = z.string().refine(isHostname, 'must be a hostname such as mx.example.com')
const ip = z.string().refine(isAddress, 'must be an IP address')
const emailAddress = z.string().refine(isEmailAddress, 'must be an address such as anna@example.com')

const redisForms =
  'must be like redis://host:6379, redis-cluster://a:7000,b:7000 or redis-sentinel://a,b/master, without a password'
const fleetName = z.string().regex(/^[\w.-]{1,100}$/, 'must be up to 100 letters, digits and . _ -')

const listAction = z.enum(['reject', 'score', 'note'])
const codeAction = z.enum(['reject', 'score', 'note', 'ignore'])
/** `127.0.0.2`, or a range in the last octet: `127.0.0.10-11`. */
const returnCode = z
  .string()
  .regex(/^127(?:\.\d{1,3}){3}(?:-\d{1,3})?$/, 'must be a return code such as 127.0.0.2 or 127.0.0.10-11')

const listOptions = {
  name: z.string().min(1).max(80).optional().describe('public name, shown in refusals instead of the zone'),
  action: listAction
    .optional()
    .describe('what a listing does; default: what the catalogue says, else reject'),
  score: z.number().min(-100).max(100).optional().describe('points a listing adds; default 1'),
  codes: z.record(returnCode, codeAction).optional().describe('what single return codes do'),
}

const zoneEntry = z.strictObject({
  zone: hostname.describe('DNS zone the list is published in'),
  ...listOptions,
})
const fileEntry = z.strictObject({
  file: z.string().min(1).describe('list file, relative to the configuration folder'),
  ...listOptions,
})

export const customListEntry = z.union([hostname, zoneEntry, fileEntry])
export type CustomListEntry = z.output<typeof customListEntry>

/** A provider's list by its catalogue name, alone or with options. */
function providerLists<const Names extends readonly [string, ...string[]]>(names: Names) {
  const list = z.enum(names)
  return z.array(z.union([list, z.strictObject({ list, ...listOptions })])).default([])
}

const custom = z.array(customListEntry).default([])

const perDay = z
  .int()
  .min(1)
  .max(1_000_000_000_000)
  .optional()
  .describe('queries a day that the contract allows: close to it, a warning is logged; nothing is blocked')

const ipBlocklists = z.strictObject({
  step3it: providerLists(['combined', 'black', 'exploit', 'policy', 'authbl']),
  'spamhaus-dqs': providerLists(['zen', 'sbl', 'xbl', 'pbl', 'authbl']),
  abusix: providerLists(['combined', 'black', 'exploit', 'policy', 'authbl']),
  custom,
})
const ipAllowlists = z.strictObject({
  step3it: providerLists(['welcome']),
  abusix: providerLists(['white']),
  custom,
})
const domainBlocklists = z.strictObject({
  step3it: providerLists(['combined', 'black', 'exploit', 'policy', 'nod']),
  'spamhaus-dqs': providerLists(['dbl', 'zrd']),
  abusix: providerLists(['dblack', 'nod']),
  custom,
})
const uriBlocklists = z.strictObject({
  step3it: providerLists(['dblack']),
  'spamhaus-dqs': providerLists(['dbl', 'zrd']),
  abusix: providerLists(['dblack']),
  custom,
})

const host = z
  .string()
  .refine(
    (text) => isHostname(text) || isAddress(text),
    'must be a hostname or an IP address; the port is a key of its own',
  )
const smtpNextHop = z.strictObject({
  host: z.union([host, z.array(host).min(1)]).describe('host or IP address; several are tried in this order'),
  port: port.default(25),
  tls: z.enum(['off', 'opportunistic', 'required']).default('opportunistic'),
  timeout: z.int().min(1).max(300).default(60).describe('seconds to wait for each answer after connecting'),
  auth: z
    .strictObject({ user: z.string().min(1) })
    .optional()
    .describe('user to sign in as; the password is next_hops.<domain>.password in the secrets file'),
  queue: z
    .boolean()
    .default(false)
    .describe('accept mail here and deliver it from the queue, instead of while the client waits'),
})
const maildirNextHop = z.strictObject({
  maildir: z.string().min(1).describe('maildir, relative to the instance'),
})
export const nextHop = z.union([smtpNextHop, maildirNextHop])
export type NextHop = z.output<typeof nextHop>
export type SmtpNextHop = z.output<typeof smtpNextHop>

const sizeHost = z
  .string()
  .refine((key) => isIpOrCidr(key) || isDomainPattern(key), 'must be an IP, CIDR, hostname or .domain')
const addressOrDomain = z
  .string()
  .refine(
    (key) => isEmailAddress(key) || (key.startsWith('@') && isHostname(key.slice(1))),
    'must be an address or @domain',
  )

/** Where names of a session and a message stand. */
export const domainSources = [
  'rdns',
  'helo',
  'envelope_sender',
  'message_id',
  'body',
  'from',
  'reply_to',
  'sender',
  'dkim',
  'list_unsubscribe',
] as const
export type DomainSource = (typeof domainSources)[number]

export const settingsSchema = z.strictObject({
  listen: z
    .strictObject({
      address: ip.default('::').describe('interface; :: takes IPv6 and IPv4'),
      smtp: z.boolean().default(true).describe('port 25'),
      submission: z.boolean().default(false).describe('port 587: STARTTLS and AUTH before MAIL'),
      smtps: z.boolean().default(false).describe('port 465: TLS from the first byte; needs a certificate'),
      other: z.array(port).default([]).describe('more SMTP ports'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certificate: z
        .string()
        .default('')
        .describe('one PEM file with key and chain, in the configuration folder'),
    })
    .prefault({}),
  greeting: z.array(z.string()).default([]).describe('lines after the hostname and ESMTP'),
  inactivity_timeout: seconds(60).default(300),
  max_connections: z.int().min(10).max(100_000).default(2000).describe('at once, over all processes'),
  max_connections_per_host: z
    .int()
    .min(1)
    .max(100_000)
    .default(50)
    .describe('at once from one IPv4 address or IPv6 /64; private addresses are not limited'),
  max_recipients: z.int().min(100).max(100_000).default(1000).describe('of one message'),
  admin_contacts: z.array(emailAddress).default([]),
  admin_contacts_for_domains: z
    .boolean()
    .default(false)
    .describe('also mail to abuse and postmaster of domains in next_hops that have no such mailbox'),
  admin_contacts_max_per_minute: z
    .int()
    .min(1)
    .max(100_000)
    .default(60)
    .describe('messages to administrators that a client may send, since no list is asked about it'),
  message_size: z
    .strictObject({
      limit: bytes.default(26_214_400),
      hosts: z.record(sizeHost, bytes).default({}),
      senders: z.record(addressOrDomain, bytes).default({}),
      recipients: z.record(addressOrDomain, bytes).default({}),
    })
    .prefault({}),
  next_hops: z
    .record(z.string().refine(isDomainPattern, 'must be a domain, or .domain for all below it'), nextHop)
    .default({}),
  dns: z
    .strictObject({
      servers: z
        .array(
          z
            .string()
            .refine(
              isDnsServer,
              'must be an IP address, with a port or without: 192.0.2.1, [2001:db8::1]:53',
            ),
        )
        .default([])
        .describe('empty: the system’s; 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53'),
      timeout: z
        .int()
        .min(100)
        .max(20_000)
        .default(3000)
        .describe('ms for one lookup, retransmissions included'),
      retest: seconds(1).default(300).describe('seconds between tests of a suspended list'),
    })
    .prefault({}),
  providers: z
    .strictObject({
      step3it: z
        .strictObject({ zone: z.union([z.literal(''), hostname]).default(''), per_day: perDay })
        .prefault({}),
      'spamhaus-dqs': z
        .strictObject({ zone: hostname.default('dq.spamhaus.net'), per_day: perDay })
        .prefault({}),
      abusix: z.strictObject({ zone: hostname.default('mail.abusix.zone'), per_day: perDay }).prefault({}),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('a listing counts once its list was asked for what no list can list'),
      interval: seconds(10).default(300).describe('seconds that such a test holds'),
      canaries: z
        .array(
          z
            .string()
            .refine(
              (text) => isAddress(text) || isHostname(text),
              'must be an IP address or a domain such as example.com',
            ),
        )
        .max(20)
        .default([])
        .describe('addresses and domains that no blocklist may list, such as your own'),
    })
    .prefault({}),
  reject_score: z
    .number()
    .min(0.1)
    .max(1000)
    .default(5)
    .describe('a message is refused when the scores of its listings add up to this'),
  domain_sources: z
    .array(z.enum(domainSources))
    .default(['rdns', 'helo', 'envelope_sender', 'message_id', 'body'])
    .describe('where the names come from that domain_blocklists are asked about'),
  body_names: z
    .strictObject({
      max_names: z
        .int()
        .min(1)
        .max(1000)
        .default(100)
        .describe('names of one message that lists are asked about'),
      max_text: z
        .int()
        .min(65_536)
        .max(16_777_216)
        .default(1_048_576)
        .describe('bytes of text that are searched'),
      subject: z.boolean().default(false).describe('search the Subject too'),
    })
    .prefault({}),
  ip_blocklists: ipBlocklists.prefault({}),
  ip_allowlists: ipAllowlists.prefault({}),
  domain_blocklists: domainBlocklists.prefault({}),
  uri_blocklists: uriBlocklists.prefault({}),
  allowed_senders: z
    .string()
    .max(255)
    .default('')
    .describe('list file of envelope senders whose own domain no list refuses'),
  shadow: z
    .boolean()
    .default(false)
    .describe('lists refuse nothing; what they would have refused is in the log and the journal'),
  journal: z
    .strictObject({
      enabled: z.boolean().default(true),
      subjects: z.boolean().default(false).describe('keep the subjects of messages, too'),
      log: z
        .enum(['off', 'json'])
        .default('off')
        .describe('json: also journal/journal.jsonl, for log shippers'),
      retention_days: z.int().min(1).max(3650).default(30).describe('days after which records are deleted'),
      max_size: z
        .int()
        .min(10_485_760)
        .max(1_099_511_627_776)
        .default(1_073_741_824)
        .describe('bytes; beyond them the oldest records are deleted'),
    })
    .prefault({}),
  fleet: z
    .strictObject({
      redis: z
        .union([z.literal(''), z.string().refine(isRedisAddress, redisForms)])
        .default('')
        .describe('Redis that the gateways share; empty: this one is alone'),
      name: fleetName.default('gateway').describe('gateways with the same name belong together'),
      node: z
        .union([z.literal(''), fleetName])
        .default('')
        .describe('name of this gateway; empty: its hostname'),
      own: z
        .array(z.string().regex(/^\w[\w.-]{0,99}$/, 'must be a setting such as listen.address'))
        .default([...OWN_BY_DEFAULT])
        .describe('settings that each gateway keeps to itself; all others are shared'),
    })
    .prefault({}),
  explain: z
    .strictObject({
      plugins: z
        .array(z.string().min(1))
        .default([])
        .describe('plugins of config/plugins that explain may run, beyond those known to only look'),
    })
    .prefault({}),
  status: z
    .strictObject({
      trust_proxy: z
        .array(z.string().refine(isIpOrCidr, 'must be an IP address or a CIDR'))
        .default([])
        .describe('reverse proxies that tell who the client is (X-Forwarded-For, X-Forwarded-Proto)'),
      public_url: z
        .union([
          z.literal(''),
          z.string().refine(isPageUrl, 'must be a URL such as https://mail.example.com/gateway/'),
        ])
        .default('')
        .describe('where people reach the page, if that is not where it listens'),
      session_hours: z.int().min(1).max(720).default(12).describe('hours after which people sign in again'),
      metrics: z
        .strictObject({
          allow: z
            .enum(['none', 'token', 'open'])
            .default('token')
            .describe('who may read /gateway/metrics: nobody, API tokens and logins, or anyone'),
        })
        .prefault({}),
    })
    .prefault({}),
  mark_from: markFromSettings.prefault({}),
  arc: arcSettings
    .optional()
    .describe('seals messages that were marked; the key is arc.key in the secrets file'),
})

/** Settings as the engines get them: complete, checked, frozen. */
export type Settings = DeepReadonly<z.output<typeof settingsSchema>>

const secret = z.string().min(1)
const key = z.strictObject({ key: secret })
const userName = z.string().refine(isUserName, 'must be up to 64 letters, digits and . _ - + @')
const passwordHash = z
  .string()
  .refine(isPasswordHash, 'must be a hash that haraka-gateway user DIR NAME has written')

const uiRole = z.enum(['reader', 'editor'])

/** gateway.secrets.yaml: mode 0600, never logged, never returned. */
export const secretsSchema = z.strictObject({
  providers: z
    .strictObject({ step3it: key.optional(), 'spamhaus-dqs': key.optional(), abusix: key.optional() })
    .prefault({}),
  next_hops: z.record(z.string(), z.strictObject({ password: secret })).default({}),
  smtp_users: z
    .record(
      userName,
      z.strictObject({
        password: passwordHash,
        senders: z.array(addressOrDomain).min(1).optional().describe('what the user may send as'),
      }),
    )
    .default({}),
  ui_users: z
    .record(userName, z.strictObject({ password: passwordHash, role: uiRole.default('reader') }))
    .default({}),
  api_tokens: z
    .record(
      z.string().regex(/^[a-z0-9]{8}$/, 'must be the id that the web page has made'),
      z.strictObject({
        name: z.string().min(1).max(80),
        role: uiRole.default('reader'),
        hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the hash that the web page has written'),
        created: z.int().min(0).describe('ms since the epoch'),
      }),
    )
    .default({}),
  arc: key.optional(),
  fleet: z.strictObject({ password: secret }).optional(),
})
export type Secrets = DeepReadonly<z.output<typeof secretsSchema>>

export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T
