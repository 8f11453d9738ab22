import { isIPv4 } from 'node:net'
import type { Resolver } from '../dns/types'
import { readAnswer, type Outcome } from './answers'
import type { CodeTable } from './code-table'
import type { DnsList } from './configured'
import { ipBytes, ipv6Bytes } from './ip-address'
import { queryName, reversed } from './query-name'

/** What the test of a list says. */
export type ProbeResult =
  /** `noTestEntry`: the list publishes none, so only that it does not answer everything with yes is known. */
  | { readonly kind: 'passed'; readonly noTestEntry: boolean }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Our resolver is at fault: nothing can be said about the list. */
  | { readonly kind: 'inconclusive' }

/**
 * Asks for an entry that the list must not have and for one that it must have (RFC 5782 section 5), past
 * the cache. Known lists that miss their test entry fail; many private ones never had one.
 */
export async function probeList(list: DnsList, resolver: Resolver): Promise<ProbeResult> {
  const { listed, unlisted } = list.known.tests
  const negative = await ask(unlisted, list, resolver)
  if (negative.kind === 'listed') return { kind: 'failed', reason: listsEverything(unlisted) }
  if (negative.kind !== 'clear') return judgeTrouble(negative, list)
  for (const entry of listed) {
    const positive = await ask(entry, list, resolver)
    if (positive.kind === 'listed') return { kind: 'passed', noTestEntry: false }
    if (positive.kind !== 'clear') return judgeTrouble(positive, list)
  }
  if (!list.isKnown) return { kind: 'passed', noTestEntry: true }
  return { kind: 'failed', reason: `does not list its test entry ${listed.join(' or ')}` }
}

/** Asks only for the entry that the list must not have; never rejects. */
export async function whyNotSelective(list: DnsList, resolver: Resolver): Promise<string | undefined> {
  const { unlisted } = list.known.tests
  const outcome = await ask(unlisted, list, resolver).catch(() => undefined)
  return outcome?.kind === 'listed' ? listsEverything(unlisted) : undefined
}

const listsEverything = (unlisted: string): string =>
  `lists its negative test entry ${unlisted}, so it may list everything`

async function ask(entry: string, list: DnsList, resolver: Resolver): Promise<Outcome> {
  const name = queryName(testLabels(entry), list.zone())
  if (name === undefined) return { kind: 'fault', reason: 'has a zone that is too long for the DNS' }
  return readAnswer(await resolver.lookup(name, 'A', { fresh: true }), testTable(list.table))
}

/** IPv6 test entries are mapped IPv4 addresses, asked by nibbles all the same. */
function testLabels(entry: string): string {
  const bytes = isIPv4(entry) ? ipBytes(entry) : ipv6Bytes(entry)
  return bytes ? reversed(bytes) : entry
}

/** A test entry counts whatever the operator wants done with its code. */
function testTable(table: CodeTable): CodeTable {
  return { ...table, overrides: table.overrides.map(({ pattern }) => ({ pattern, action: 'note' })) }
}

function judgeTrouble(outcome: Exclude<Outcome, { kind: 'listed' | 'clear' }>, list: DnsList): ProbeResult {
  switch (outcome.kind) {
    case 'unreachable':
      return { kind: 'inconclusive' }
    case 'fault':
      return { kind: 'failed', reason: outcome.reason }
    case 'failed': {
      // A provider refuses what is not in the contract; resolvers turn that into SERVFAIL.
      const advice = list.publicZone.startsWith('<key>')
        ? ': the key may be wrong, or its contract does not include this list'
        : ': its name servers are broken or refuse this resolver'
      return { kind: 'failed', reason: outcome.reason + advice }
    }
  }
}
