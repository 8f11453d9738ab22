import { randomBytes } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Resolver } from '../dns/types'
import { readAnswer, strongestAction, type Outcome } from './answers'
import { labelsFor } from './ask'
import type { CodeTable } from './code-table'
import type { DnsList } from './configured'
import { ipBytes } from './ip-address'
import { itemText } from './item-text'
import { testTable, type ProbeResult } from './probe'
import { canonicalItem, queryName } from './query-name'
import { createSubject } from './subject'
import type { Item } from './types'

/** Two draws clear most lists at once; the others make chance impossible, even for a list of half the Internet. */
const FIRST_DRAWS = 2
const MORE_DRAWS = 30

/**
 * Why a list lists too much: a canary, or whatever it is asked, as lists do that have died and lists that poison
 * those who ask too often. Not all of them list their negative test entry. Undefined when all is well.
 */
export async function findOverreach(
  list: DnsList,
  resolver: Resolver,
  canaries: readonly Item[],
): Promise<ProbeResult | undefined> {
  return (await findListsAll(list, resolver)) ?? findListedCanary(list, resolver, canaries)
}

async function findListedCanary(
  list: DnsList,
  resolver: Resolver,
  canaries: readonly Item[],
): Promise<ProbeResult | undefined> {
  // To be on an allowlist does nobody harm.
  if (list.kind === 'ip_allowlist') return undefined
  const outcomes = await Promise.all(canaries.map((item) => ask(item, list, list.table, resolver)))
  const at = outcomes.findIndex((outcome) => outcome?.kind === 'listed' && isHarmful(outcome))
  const canary = canaries[at]
  return canary && { kind: 'failed', reason: `lists ${itemText(canary)}, which is one of breaker.canaries` }
}

const isHarmful = ({ codes }: Extract<Outcome, { kind: 'listed' }>): boolean =>
  ['reject', 'score'].includes(strongestAction(codes))

async function findListsAll(list: DnsList, resolver: Resolver): Promise<ProbeResult | undefined> {
  const areListed = async (draws: number): Promise<boolean> => {
    const items = Array.from({ length: draws }, () => drawFor(list))
    const outcomes = await Promise.all(items.map((item) => ask(item, list, testTable(list.table), resolver)))
    return outcomes.every((outcome) => outcome?.kind === 'listed')
  }
  if (!(await areListed(FIRST_DRAWS)) || !(await areListed(MORE_DRAWS))) return undefined
  const what = list.known.inputs.includes('name') ? 'names that nobody has' : 'addresses drawn at random'
  return { kind: 'failed', reason: `lists ${FIRST_DRAWS + MORE_DRAWS} ${what}, so it lists everything` }
}

async function ask(
  item: Item,
  list: DnsList,
  table: CodeTable,
  resolver: Resolver,
): Promise<Outcome | undefined> {
  const labels = labelsFor(list, createSubject(item))
  if (typeof labels === 'object') return undefined
  const name = queryName(labels, list.zone())
  return name === undefined ? undefined : readAnswer(await resolver.lookup(name, 'A', { fresh: true }), table)
}

/** Something that the list takes and has no reason to list. */
function drawFor({ known: { inputs } }: DnsList): Item {
  if (inputs.includes('name')) return { kind: 'name', name: `${randomBytes(10).toString('hex')}.com` }
  return { kind: 'ip', ip: inputs.includes('ipv4') ? drawAddress(4) : drawAddress(16) }
}

function drawAddress(length: 4 | 16): string {
  for (;;) {
    const bytes = [...randomBytes(length)]
    if (length === 16) bytes[0] = 0x20 // 2000::/8: the global addresses that are handed out (RFC 3513 section 4)
    const address = ipaddr.fromByteArray(bytes)
    if (address.range() === 'unicast') return address.toString()
  }
}

/** Canaries of the settings, in the form that lists are asked. */
export const parseCanaries = (texts: readonly string[]): readonly Item[] =>
  texts.flatMap(
    (text) => canonicalItem(ipBytes(text) ? { kind: 'ip', ip: text } : { kind: 'name', name: text }) ?? [],
  )
