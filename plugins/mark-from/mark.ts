import type { MarkFromSettings } from '../lib/settings/mark-from'
import { canonicalHost, canonicalPattern, createAlignment, isWithin } from './alignment'
import { createMarkTemplate } from './display-name'
import { markField, type FieldRules } from './marked-field'
import { parseFrom, type ParsedField } from './from-field'
import type { TechnicalSender } from './technical-sender'

/** Shows in From who really sent a message. A pure function: facts in, a value out. */

export interface MessageFacts {
  /** Values of all From fields in order, folds and all, as they arrived. */
  readonly fields: readonly string[]
  readonly sender: TechnicalSender
  readonly recipientDomains: readonly string[]
}

export type MarkOutcome =
  | { readonly kind: 'unchanged'; readonly why: string }
  | {
      /** `tagged` with `tag_only`: From stays, X-Gateway-Via names the domain. */
      readonly kind: 'marked' | 'tagged'
      readonly domain: string
      /** One for each From field: its new value, ASCII but for addresses, folded; null where it stays. */
      readonly values: readonly (string | null)[]
      /** One line for each reason: which domains did not match. */
      readonly why: readonly string[]
    }
  /** Answer: 550 5.6.0. */
  | { readonly kind: 'reject'; readonly reason: string }

export type MarkFrom = (message: MessageFacts) => MarkOutcome

/** `ownDomains`: what the next hops serve, `.domain` for all below. */
export function createMarkFrom(settings: MarkFromSettings, ownDomains: readonly string[]): MarkFrom {
  const alignment = createAlignment(settings)
  const template = createMarkTemplate(settings.template)
  const checkFields = createFieldCheck(settings)
  const ownPatterns = ownDomains.map(canonicalPattern)
  const allowed = settings.allow.map(({ from, envelope }) => ({
    from: canonicalPattern(from),
    envelope: canonicalPattern(envelope),
  }))

  function isOwn(host: string): boolean {
    return ownPatterns.some((pattern) => isWithin(host, pattern))
  }

  function isAllowed(host: string, sender: string): boolean {
    if (settings.own_domains === 'mark' && isOwn(host)) return false
    return allowed.some(({ from, envelope }) => isWithin(host, from) && isWithin(sender, envelope))
  }

  function rulesFor(host: string, isDoubtful: boolean): FieldRules {
    const domain = host.length > 64 ? (alignment.organisationalDomain(host) ?? host) : host
    return {
      sender: host,
      mark: template.forDomain(labelOf(domain)),
      template,
      isAligned: (other) => alignment.isAligned(other, host),
      isAllowed: (other) => isAllowed(canonicalHost(other), host),
      isOwn: (other) => isOwn(canonicalHost(other)),
      isDoubtful,
    }
  }

  return function markFrom({ fields, sender, recipientDomains }) {
    const parsed = fields.map((value) => parseFrom(value))
    const settled = checkFields(parsed, recipientDomains)
    if (settled) return settled
    if (settings.null_sender === 'skip' && sender.source !== 'envelope') {
      return { kind: 'unchanged', why: 'no envelope sender, and null_sender is skip' }
    }
    const rules = rulesFor(sender.host, fields.length > 1)
    const results = parsed.map((entries) => markField(entries, rules))
    const why = results.flatMap((result) => result.why)
    if (results.every(({ value }) => value === null)) {
      return { kind: 'unchanged', why: why.join('; ') }
    }
    const values = results.map(({ value }) => value)
    return { kind: settings.tag_only ? 'tagged' : 'marked', domain: labelOf(sender.host), values, why }
  }
}

/** What is settled without a look at the sender; undefined when the fields are to be compared with it. */
export type FieldCheck = (
  fields: readonly ParsedField[],
  recipientDomains: readonly string[],
) => Extract<MarkOutcome, { kind: 'unchanged' | 'reject' }> | undefined

export function createFieldCheck(settings: MarkFromSettings): FieldCheck {
  const patterns = settings.domains.map(canonicalPattern)
  const isOurs = (domain: string): boolean =>
    patterns.some((pattern) => isWithin(canonicalHost(domain), pattern))

  return function checkFields(fields, recipientDomains) {
    if (patterns.length > 0 && !recipientDomains.some(isOurs)) {
      return { kind: 'unchanged', why: 'none of the recipients is in a domain whose mail is marked' }
    }
    if (fields.every((entries) => entries.length === 0)) return missingFrom(settings)
    if (fields.length > 1 && settings.multiple_from === 'reject') {
      return { kind: 'reject', reason: `message has ${fields.length} From fields; RFC 5322 allows one` }
    }
    return undefined
  }
}

/** A host as it may stand in a header; those of an envelope are well-formed, a HELO name may be anything. */
function labelOf(host: string): string {
  return host.replace(/[^\p{L}\p{M}\p{N}._:[\]-]/gu, '') || 'unknown'
}

function missingFrom(settings: MarkFromSettings): ReturnType<FieldCheck> {
  return settings.missing_from === 'pass'
    ? { kind: 'unchanged', why: 'message has no From' }
    : { kind: 'reject', reason: 'message has no From; RFC 5322 requires one' }
}
