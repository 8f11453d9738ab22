import type { Clock } from '../clock'
import type { Resolver } from '../dns/types'
import { readAnswer, strongestAction, type Outcome } from './answers'
import { isReservedName, organisationalDomain } from '../mail/domain-name'
import type { ConfiguredList, DnsList, FileList } from './configured'
import type { Health } from './health'
import { ipBytes } from './ip-address'
import { itemText } from './item-text'
import type { LocalList } from './local-list'
import { canonicalItem, queryLabels, queryName } from './query-name'
import type { CodeMeaning, Finding, Item } from './types'

export interface AskOptions {
  readonly resolver: Resolver
  readonly health: Health
  readonly clock: Clock
  /** The gateway's own names: asking about them would only tell the list who asks. */
  readonly isOwnName: (name: string) => boolean
}

/** Asks a DNS list about a canonical item, unless that is of no use. Never rejects. */
export async function askDns(list: DnsList, item: Item, options: AskOptions): Promise<Finding> {
  const { resolver, health, clock } = options
  const state = health.state(list.id)
  if (state.kind !== 'up') return skipped(list, item, `${state.kind}: ${state.reason}`)
  const useless = item.kind === 'name' ? whyUseless(item.name, options.isOwnName) : undefined
  if (useless !== undefined) return skipped(list, item, useless)
  const labels = labelsFor(list, item)
  if (typeof labels === 'object') return skipped(list, item, labels.reason)
  const name = queryName(labels, list.zone())
  if (name === undefined) return skipped(list, item, 'the name is too long to be asked')
  const began = clock.monotonic()
  const outcome = await resolver
    .lookup(name, 'A')
    .then((answer) => readAnswer(answer, list.table))
    .catch((): Outcome => ({ kind: 'unreachable', reason: 'the lookup failed' }))
  health.report(list.id, outcome, began)
  return finding(list, item, outcome, clock.monotonic() - began)
}

/** Looks a canonical item up in a list file, as soon as that was read for the first time. */
export async function askFile(
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
  return finding(list, item, outcome, clock.monotonic() - began)
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

function finding(list: ConfiguredList, item: Item, outcome: Outcome, ms: number): Finding {
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
