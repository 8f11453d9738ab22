import type { ListAction, ListKind } from '../types'

/** What a list takes. An IPv4 address mapped into IPv6 counts as IPv4. */
export type Input = 'ipv4' | 'ipv6' | 'name'

/** One line of a code table; the forms of `code` are those of `parseCodePattern`. */
export interface CodeRule {
  readonly code: string
  readonly meaning: string
  readonly action: ListAction
}

/** An answer that says something about the question or the asker, never about the item. */
export interface ErrorRule {
  readonly code: string
  readonly reason: string
}

/** Entries that a list publishes so that clients can tell whether it works (RFC 5782 section 5). */
export interface TestPoints {
  /** The list works when one of these is listed. */
  readonly listed: readonly string[]
  /** No list may list this. */
  readonly unlisted: string
}

/** One list as its provider documents it. */
export interface KnownList {
  /** Public name, for refusals and people. */
  readonly name: string
  /** DNS zone; for lists that need a key, the label between the key and the provider's suffix. */
  readonly zone: string
  readonly kinds: readonly ListKind[]
  readonly inputs: readonly Input[]
  /** Names are asked as found, or cut to the organisational domain. */
  readonly names: 'full' | 'organisational'
  readonly codes: readonly CodeRule[]
  readonly errors: readonly ErrorRule[]
  /** What answers within 127.0.0.0/8 mean that no line speaks of; default: no listing. */
  readonly others?: Omit<CodeRule, 'code'>
  readonly tests: TestPoints
  readonly terms: 'free' | 'free-low-volume' | 'commercial'
  /** Page where people look an item up; `{item}` stands for it. */
  readonly lookupUrl?: string
  readonly description: string
}

/** RFC 5782 section 5: what IPv4, IPv6-only and domain lists must and must not list. */
export const ipv4TestPoints: TestPoints = { listed: ['127.0.0.2'], unlisted: '127.0.0.1' }
export const ipv6TestPoints: TestPoints = { listed: ['::ffff:7f00:2'], unlisted: '::ffff:7f00:1' }
export const nameTestPoints: TestPoints = { listed: ['test'], unlisted: 'invalid' }

export const ipBlocklist = {
  kinds: ['ip_blocklist'],
  inputs: ['ipv4', 'ipv6'],
  names: 'full',
  errors: [],
  tests: ipv4TestPoints,
} as const

export const ipAllowlist = { ...ipBlocklist, kinds: ['ip_allowlist'] } as const

export const domainBlocklist = {
  kinds: ['domain_blocklist', 'uri_blocklist'],
  inputs: ['name'],
  names: 'full',
  errors: [],
  tests: nameTestPoints,
} as const

/** The line of a table that means "refuse this mail". */
export function rejects(code: string, meaning: string): CodeRule {
  return { code, meaning, action: 'reject' }
}

export function scores(code: string, meaning: string): CodeRule {
  return { code, meaning, action: 'score' }
}

export function notes(code: string, meaning: string): CodeRule {
  return { code, meaning, action: 'note' }
}

export function allows(code: string, meaning: string): CodeRule {
  return { code, meaning, action: 'allow' }
}
