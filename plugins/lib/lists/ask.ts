import type { Clock } from '../clock'
import type { DnsAnswer, Resolver } from '../dns/types'
import { andThen, type Pending } from '../pending'
import { readAnswer, strongestAction, type Outcome } from './answers'
import type { ConfiguredList, DnsList, FileList } from './configured'
import type { Breaker } from './breaker'
import type { Health } from './health'
import { itemText } from './item-text'
import type { LocalList } from './local-list'
import { canonicalItem, queryName } from './query-name'
import { createSubject, whyUseless, type Subject } from './subject'
import type { CodeMeaning, Finding, Item, ListKind } from './types'

export interface AskOptions {
  readonly resolver: Resolver
  readonly health: Health
  readonly breaker: Breaker
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

/** Asks a DNS list, unless that is of no use. Never rejects. */
export function askDns(
  list: DnsList,
  subject: Subject,
  options: AskOptions,
  trial?: Trial,
): Pending<Finding> {
  const question = questionFor(list, subject, options)
  if ('reason' in question) {
    const finding = skipped(list, subject.item, question.reason)
    trial?.({ listKind: list.kind, isCached: false, finding })
    return finding
  }
  if (trial) return tryDns(list, subject, question, options, trial)
  const { resolver, clock } = options
  const began = clock.monotonic()
  const answer = resolver.lookup(question.name, 'A')
  if (!(answer instanceof Promise)) return concludeDns(list, subject, answer, began, began, options)
  return answer
    .catch((): DnsAnswer => ({ kind: 'unreachable' }))
    .then((late) => concludeDns(list, subject, late, began, clock.monotonic(), options))
}

function concludeDns(
  list: DnsList,
  subject: Subject,
  answer: DnsAnswer,
  began: number,
  now: number,
  options: AskOptions,
): Pending<Finding> {
  const said = readAnswer(answer, list.table)
  options.health.report(list.id, said, began)
  return andThen(believe(list, subject, said, options), (outcome) =>
    findingOf(list, subject.item, outcome, now - began),
  )
}

async function tryDns(
  list: DnsList,
  { item }: Subject,
  question: Question,
  { resolver, clock }: AskOptions,
  trial: Trial,
): Promise<Finding> {
  const began = clock.monotonic()
  let isCached = false
  const lookup = { onCached: () => (isCached = true) }
  const answer = await Promise.resolve(resolver.lookup(question.name, 'A', lookup)).catch((): DnsAnswer => ({
    kind: 'unreachable',
  }))
  const finding = findingOf(list, item, readAnswer(answer, list.table), clock.monotonic() - began)
  trial({
    listKind: list.kind,
    asked: `${question.labels}.${list.publicZone}`,
    answer: answerText(answer),
    isCached,
    finding,
  })
  return finding
}

/** A listing counts only while nothing speaks against the list. */
function believe(
  list: DnsList,
  { network }: Subject,
  said: Outcome,
  { breaker }: AskOptions,
): Pending<Outcome> {
  if (said.kind !== 'listed' && said.kind !== 'clear') return said
  breaker.saw(list.id, network, said.kind === 'listed')
  if (said.kind === 'clear') return said
  return breaker
    .prove(list.id)
    .then((state) =>
      state.kind === 'up' ? said : { kind: 'fault', reason: `${state.kind}: ${state.reason}` },
    )
}

interface Question {
  readonly name: string
  readonly labels: string
}

/** What to ask, or why nothing is asked. */
function questionFor(
  list: DnsList,
  subject: Subject,
  { health, isOwnName }: AskOptions,
): Question | { readonly reason: string } {
  const state = health.state(list.id)
  if (state.kind !== 'up') return { reason: `${state.kind}: ${state.reason}` }
  const useless = whyUseless(subject, isOwnName)
  if (useless !== undefined) return { reason: useless }
  const labels = labelsFor(list, subject)
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
export function askFile(
  list: FileList,
  { item }: Subject,
  local: LocalList | undefined,
  clock: Clock,
  trial?: Trial,
): Pending<Finding> {
  const began = clock.monotonic()
  return andThen(local?.ready, () => {
    const finding = findInFile(list, item, local, clock.monotonic() - began)
    if (trial) {
      const answer =
        finding.kind === 'listed' ? { answer: finding.codes.map(({ code }) => code).join(', ') } : {}
      trial({ listKind: list.kind, asked: list.file, ...answer, isCached: false, finding })
    }
    return finding
  })
}

function findInFile(list: FileList, item: Item, local: LocalList | undefined, ms: number): Finding {
  const state = local?.state()
  if (!local || state?.kind === 'misconfigured') {
    return skipped(list, item, state?.kind === 'misconfigured' ? state.reason : 'the list was removed')
  }
  const entry = local.find(item)
  const outcome: Outcome =
    entry === undefined
      ? { kind: 'clear' }
      : { kind: 'listed', codes: [{ code: entry, meaning: 'listed', action: list.action }] }
  return findingOf(list, item, outcome, ms)
}

/** What to ask the list about the item, or why it cannot be asked. */
export function labelsFor(
  { known }: DnsList,
  { input, labels, organisationalDomain: domain }: Subject,
): string | { readonly reason: string } {
  if (!known.inputs.includes(input)) {
    const what = { name: 'names', ipv4: 'IPv4 addresses', ipv6: 'IPv6 addresses' }[input]
    return { reason: `this list does not take ${what}` }
  }
  if (input !== 'name' || known.names === 'full') return labels
  return domain ?? { reason: 'the name lies in no registered domain' }
}

/** The name that a list is asked, for people: a key in it reads `<key>`. */
export function queriedName(list: DnsList, item: Item): string | undefined {
  const canonical = canonicalItem(item)
  const labels = canonical && labelsFor(list, createSubject(canonical))
  return typeof labels === 'string' ? `${labels}.${list.publicZone}` : undefined
}

function findingOf(list: ConfiguredList, item: Item, outcome: Outcome, ms: number): Finding {
  // Written out: there are some dozens for each message, nearly all of them clear.
  switch (outcome.kind) {
    case 'clear':
      return { kind: 'clear', listId: list.id, list: list.name, item, ms: Math.round(ms) }
    case 'listed':
      return listing(list, item, outcome.codes, Math.round(ms))
    case 'fault':
    case 'failed':
    case 'unreachable':
      return {
        kind: 'error',
        listId: list.id,
        list: list.name,
        item,
        ms: Math.round(ms),
        reason: outcome.reason,
      }
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
