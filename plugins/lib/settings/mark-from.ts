import { z } from 'zod'
import { isDomainPattern, isHostname } from './formats'
import type { DeepReadonly } from './schema'

const hostname = z.string().refine(isHostname, 'must be a domain such as example.com')
const domainPattern = z
  .string()
  .refine(isDomainPattern, 'must be a domain such as example.com, or .example.com for all below it')

/** `{name}` at one end, `{domain}` somewhere in the rest, nothing that cannot stand in a name. */
export function isMarkTemplate(text: string): boolean {
  const once = (field: string): boolean => text.split(field).length === 2
  const isAtEnd = text.startsWith('{name}') || text.endsWith('{name}')
  return isAtEnd && once('{name}') && once('{domain}') && text.length <= 60 && !/[\p{Cc}<>@]/u.test(text)
}

/** The section `mark_from` of gateway.yaml. */
export const markFromSettings = z.strictObject({
  enabled: z.boolean().default(false).describe('show in From who really sent a message'),
  alignment: z
    .enum(['organisational', 'strict'])
    .default('organisational')
    .describe(
      'organisational: mail.example.com and example.com belong together; strict: only equal hosts do',
    ),
  template: z
    .string()
    .refine(
      isMarkTemplate,
      'must start or end with {name} and hold {domain} once, such as {name} via {domain}, without < > @',
    )
    .default('{name} via {domain}')
    .describe('how a marked name reads'),
  null_sender: z
    .enum(['helo', 'skip'])
    .default('helo')
    .describe('bounces and other mail without envelope sender: mark with the HELO name or IP, or skip'),
  multiple_from: z
    .enum(['reject', 'mark'])
    .default('reject')
    .describe('messages with several From fields: refuse them (550 5.6.0), or mark every one'),
  missing_from: z
    .enum(['reject', 'pass'])
    .default('reject')
    .describe('messages without From: refuse them (550 5.6.0), or let them pass'),
  allow: z
    .array(
      z.strictObject({
        from: domainPattern.describe('domain in From, with all below it'),
        envelope: domainPattern.describe('domain of the envelope sender, with all below it'),
      }),
    )
    .default([])
    .describe('pairs that are not marked, such as a mailing service that sends for a partner'),
  domains: z.array(domainPattern).default([]).describe('recipient domains whose mail is marked; empty: all'),
  own_domains: z
    .enum(['mark', 'allow'])
    .default('mark')
    .describe('own domains in From with a foreign envelope: always marked, or allow applies to them too'),
  keep_original: z.boolean().default(true).describe('keep the original field as X-Original-From'),
  tag_only: z
    .boolean()
    .default(false)
    .describe('for trying it out: leave From alone, add X-Gateway-Via with the domain instead'),
  extra_suffixes: z
    .array(hostname)
    .default([])
    .describe('domains whose subdomains belong to different owners, such as onmicrosoft.com'),
})

/** The section `arc`: who seals (RFC 8617 section 4.1.3); the key is in the secrets file. */
export const arcSettings = z.strictObject({
  domain: hostname.describe('domain that seals, such as the one of this gateway'),
  selector: z
    .string()
    .refine(isHostname, 'must be a selector such as gateway or s1.gateway')
    .describe('the public key is a TXT record at <selector>._domainkey.<domain>'),
})

export type MarkFromSettings = DeepReadonly<z.output<typeof markFromSettings>>
