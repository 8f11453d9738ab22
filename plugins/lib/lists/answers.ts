import type { DnsAnswer } from '../dns/types'
import { parseOctets, type Octets } from './code-pattern'
import type { CodeTable } from './code-table'
import type { CodeMeaning, ListAction } from './types'

/**
 * What an answer says by the list's code table.
 *
 * - `fault`: the list itself is at fault, so it must not be asked until a test passes.
 * - `failed`: servers answer, but with no answer; one such may be chance (see health).
 * - `unreachable`: our resolver's fault, not the list's.
 */
export type Outcome =
  | { readonly kind: 'listed'; readonly codes: readonly CodeMeaning[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

const clear: Outcome = { kind: 'clear' }

/** A list answers with a handful of records; thousands are a fault elsewhere and not worth the time. */
const maxRecords = 64

export function readAnswer(answer: DnsAnswer, table: CodeTable): Outcome {
  switch (answer.kind) {
    case 'records':
      return readRecords(answer.records, table)
    case 'nxdomain':
    case 'nodata':
      return clear
    case 'timeout':
      return { kind: 'fault', reason: `gives no answer within ${answer.timeoutMs} ms` }
    case 'failed':
      return { kind: 'failed', reason: `the DNS server answers ${answer.rcode}` }
    case 'unreachable':
      return { kind: 'unreachable', reason: 'no DNS server answers' }
  }
}

/** One record that is a fault spoils the answer: nothing beside it can be trusted. */
function readRecords(records: readonly string[], table: CodeTable): Outcome {
  const codes: CodeMeaning[] = []
  for (const record of new Set(records.slice(0, maxRecords))) {
    const meanings = readRecord(record, table)
    if (typeof meanings === 'string') return { kind: 'fault', reason: `answers ${record}: ${meanings}` }
    codes.push(...meanings)
  }
  const listings = codes.flatMap((code) => applyWishes(code, table))
  return listings.length > 0 ? { kind: 'listed', codes: listings } : { kind: 'clear' }
}

/** The meanings of one record, or the reason why the list is at fault. */
function readRecord(record: string, table: CodeTable): readonly CodeMeaning[] | string {
  const octets = parseOctets(record)
  if (!octets) return 'that is no IPv4 address'
  const error = table.errors.find(({ pattern }) => pattern.matches(octets))
  if (error) return error.reason
  const known = table.lines
    .filter(({ pattern }) => pattern.matches(octets))
    .map(({ pattern, meaning, action }) => ({ code: writeCode(record, pattern.bit), meaning, action }))
  if (known.length > 0) return known
  const set = table.overrides.some(({ pattern }) => pattern.matches(octets))
  const other = table.others ?? (set ? { meaning: 'listed', action: 'reject' as const } : undefined)
  if (!set) {
    const fault = faultOfAnyList(octets)
    if (fault !== undefined) return fault
  }
  return other ? [{ code: record, ...other }] : []
}

/** RFC 5782 section 2.1 keeps answers within 127.0.0.0/8; the others are what broken lists do. */
function faultOfAnyList([a, b, c, d]: Octets): string | undefined {
  if (a !== 127) {
    return 'answers of a list lie within 127.0.0.0/8, so its domain may have expired or the resolver invents answers'
  }
  if (b === 0 && c === 0 && d === 1) return 'no list lists with that code; many refuse a query with it'
  if (b === 255 && c === 255) return 'lists refuse a query with that code, or call it misspelt'
  return undefined
}

function writeCode(record: string, bit: number | undefined): string {
  return bit === undefined ? record : `bit ${bit} of ${record}`
}

/**
 * What the operator wants for the whole list does not touch codes that are notes by themselves: on a list
 * with good and bad codes, `action: reject` must not refuse the good.
 */
function applyWishes(code: CodeMeaning, table: CodeTable): readonly CodeMeaning[] {
  const general = code.action === 'note' ? undefined : table.action
  const action = wishFor(code.code, table) ?? general ?? code.action
  return action === 'ignore' ? [] : [{ ...code, action }]
}

/** For a bitmask list, `127.0.0.4` in the settings means bit 4, whatever other bits the answer has. */
function wishFor(code: string, table: CodeTable): ListAction | 'ignore' | undefined {
  if (table.overrides.length === 0) return undefined
  const bit = /^bit (\d+) of /.exec(code)
  const octets = parseOctets(bit ? `127.0.0.${bit[1] ?? ''}` : code)
  return octets && table.overrides.find(({ pattern }) => pattern.matches(octets))?.action
}

const strength: readonly ListAction[] = ['allow', 'reject', 'score', 'note']

/** The strongest action among the meanings of one answer. */
export function strongestAction(codes: readonly CodeMeaning[]): ListAction {
  return strength.find((action) => codes.some((code) => code.action === action)) ?? 'note'
}
