import type { Clock } from '../clock'
import type { DnsAnswer, Resolver } from '../dns/types'
import { readAnswer, strongestAction, type Outcome } from './answers'
import { isReservedName, organisationalDomain } from '../mail/domain-name'
import type { ConfiguredList, DnsList, FileList } from './configured'
import type { Health } from './health'
import { ipBytes } from './ip-address'
import { itemText } from './item-text'
import type { LocalList } from './local-list'
import { canonicalItem, queryLabels, queryName } from './query-name'
import type { CodeMeaning, Finding, Item, ListKind } from './types'

export interface AskOptions {
  readonly resolver: Resolver
  readonly health: Health
  readonly clock: Clock
  /** The gateway's own names: asking about them would only tell the list who asks. */
  readonly isOwnName: (name: string) => boolean
}

/** A question to a list and what came of it, for people. */
export interface Asked {
  readonly listKind: ListKind
  /** The DNS name with `<key>` in place of a key, or the list file; without it nothing was asked. */
  readonly asked?: string
  /** As the DNS gave it: `127.0.0.2`, `NXDOMAIN`; or the entry of a file. */
  readonly answer?: string
  readonly isCached: boolean
  readonly finding: Finding
}

/** Somebody who tries something out: sees every question, and leaves the health of lists as it is. */
export type Trial = (asked: Asked) => void

/** Asks a DNS list about a canonical item, unless that is of no use. Never rejects. */
export async function askDns(
  list: DnsList,
  item: Item,
  options: AskOptions,
  trial?: Trial,
): Promise<Finding> {
  const question = questionFor(list, item, options)
  if ('reason' in question) {
    const finding = skipped(list, item, question.reason)
    trial?.({ listKind: list.kind, isCached: false, finding })
    return finding
  }
  const { resolver, health, clock } = options
  const began = clock.monotonic()
  let isCached = false
  const answer = await resolver
    .lookup(question.name, 'A', trial && { onCached: () => (isCached = true) })
    .catch((): DnsAnswer => ({ kind: 'unreachable' }))
  const outcome = readAnswer(answer, list.table)
  const finding = findingOf(list, item, outcome, clock.monotonic() - began)
  if (!trial) {
    health.report(list.id, outcome, began)
    if (outcome.kind === 'listed' && !(await health.isSelective(list.id)))
      return skipped(list, item, 'suspended: it lists everything')
  }
  trial?.({
    listKind: list.kind,
    asked: `${question.labels}.${list.publicZone}`,
    answer: answerText(answer),
    isCached,
    finding,
  })
  return finding
}

type Question = { readonly name: string; readonly labels: string } | { readonly reason: string }

/** What to ask, or why nothing is asked. */
function questionFor(list: DnsList, item: Item, { health, isOwnName }: AskOptions): Question {
  const state = health.state(list.id)
  if (state.kind !== 'up') return { reason: `${state.kind}: ${state.reason}` }
  const useless = item.kind === 'name' ? whyUseless(item.name, isOwnName) : undefined
  if (useless !== undefined) return { reason: useless }
  const labels = labelsFor(list, item)
  if (typeof labels === 'object') return labels
  const name = queryName(labels, list.zone())
  return name === undefined ? { reason: 'the name is too long to be asked' } : { name, labels }
}

function answerText(answer: DnsAnswer): string {
  switch (answer.kind) {
    case 'records':
      return answer.records.slice(0, 8).join(', ')
    case 'nxdomain':
      return 'NXDOMAIN'
    case 'nodata':
      return 'no address'
    case 'failed':
      return answer.rcode
    case 'timeout':
      return `none within ${answer.timeoutMs} ms`
    case 'unreachable':
      return 'none: no DNS server answers'
  }
}

/** Looks a canonical item up in a list file, as soon as that was read for the first time. */
export async function askFile(
  list: FileList,
  item: Item,
  local: LocalList | undefined,
  clock: Clock,
  trial?: Trial,
): Promise<Finding> {
  const finding = await findInFile(list, item, local, clock)
  if (trial) {
    const answer =
      finding.kind === 'listed' ? { answer: finding.codes.map(({ code }) => code).join(', ') } : {}
    trial({ listKind: list.kind, asked: list.file, ...answer, isCached: false, finding })
  }
  return finding
}

async function findInFile(
  list: FileList,
  item: Item,
  local: LocalList | undefined,
  clock: Clock,
): Promise<Finding> {
  const began = clock.monotonic()
  await local?.ready
  const state = local?.state()
  if (!local || state?.kind === 'misconfigured') {
    return skipped(list, item, state?.kind === 'misconfigured' ? state.reason : 'the list was removed')
  }
  const entry = local.find(item)
  const outcome: Outcome =
    entry === undefined
      ? { kind: 'clear' }
      : { kind: 'listed', codes: [{ code: entry, meaning: 'listed', action: list.action }] }
  return findingOf(list, item, outcome, clock.monotonic() - began)
}

/** Why no list in the DNS can know the name. List files are the operator's own, and may hold any name. */
function whyUseless(name: string, isOwnName: (name: string) => boolean): string | undefined {
  if (isOwnName(name)) return 'one of our own names'
  if (isReservedName(name)) return 'a reserved name (RFC 6761)'
  return organisationalDomain(name) === undefined ? 'the name lies in no registered domain' : undefined
}

/** What to ask the list about the item, or why it cannot be asked. */
function labelsFor(list: DnsList, item: Item): string | { readonly reason: string } {
  const { inputs, names } = list.known
  const input = item.kind === 'name' ? 'name' : ipBytes(item.ip)?.length === 4 ? 'ipv4' : 'ipv6'
  if (!inputs.includes(input)) {
    const what = { name: 'names', ipv4: 'IPv4 addresses', ipv6: 'IPv6 addresses' }[input]
    return { reason: `this list does not take ${what}` }
  }
  if (item.kind === 'ip' || names === 'full') return queryLabels(item)
  return organisationalDomain(item.name) ?? { reason: 'the name lies in no registered domain' }
}

/** The name that a list is asked, for people: a key in it reads `<key>`. */
export function queriedName(list: DnsList, item: Item): string | undefined {
  const canonical = canonicalItem(item)
  const labels = canonical && labelsFor(list, canonical)
  return typeof labels === 'string' ? `${labels}.${list.publicZone}` : undefined
}

function findingOf(list: ConfiguredList, item: Item, outcome: Outcome, ms: number): Finding {
  const common = { listId: list.id, list: list.name, item, ms: Math.round(ms) }
  switch (outcome.kind) {
    case 'listed':
      return listing(list, item, outcome.codes, common.ms)
    case 'clear':
      return { kind: 'clear', ...common }
    case 'fault':
    case 'failed':
    case 'unreachable':
      return { kind: 'error', ...common, reason: outcome.reason }
  }
}

function listing(list: ConfiguredList, item: Item, codes: readonly CodeMeaning[], ms: number): Finding {
  const action = strongestAction(codes)
  const url = list.source === 'dns' ? list.known.lookupUrl : undefined
  return {
    kind: 'listed',
    listId: list.id,
    list: list.name,
    item,
    codes,
    action,
    score: action === 'score' ? list.score : 0,
    ...(url === undefined ? {} : { lookupUrl: url.replace('{item}', encodeURIComponent(itemText(item))) }),
    ms,
  }
}

export function skipped(list: ConfiguredList, item: Item, reason: string): Finding {
  return { kind: 'skipped', listId: list.id, list: list.name, item, reason }
}
