import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock'
import type { Resolver } from '../dns/types'
import type { Log } from '../log'
import { isBelow } from '../mail/domain-name'
import { allKnown, type Pending } from '../pending'
import type { Secrets, Settings } from '../settings/schema'
import { askDns, askFile, skipped, type Trial } from './ask'
import { createBreaker } from './breaker'
import { configuredLists, type ConfiguredList, type DnsList } from './configured'
import type { Health, WatchedList } from './health'
import { viewDnsList, viewFileList, type ListView } from './list-view'
import { createLocalLists } from './local-lists'
import { findOverreach, parseCanaries } from './overreach'
import { probeList, type ProbeResult } from './probe'
import { canonicalItem } from './query-name'
import { createSubject, type Subject } from './subject'
import type { Finding, Item, ListKind } from './types'

export interface ListEngine {
  /** Takes new settings; lists that stay keep their health and their loaded files. */
  configure(settings: Settings, secrets: Secrets): void
  lists(kind?: ListKind): readonly ListView[]
  /** Whether there is any list of the kind, so that nobody looks for items in vain. */
  has(kind: ListKind): boolean
  /** Whether the name is one of the gateway's own, or below: no list is asked about them. */
  isOwnName(name: string): boolean
  /** Asks all lists of the kind at once. Never rejects; the resolver's deadline bounds it. */
  check(kind: ListKind, item: Item, trial?: Trial): Pending<readonly Finding[]>
  close(): void
}

export interface ListEngineOptions {
  readonly resolver: Resolver
  readonly health: Health
  readonly clock: Clock
  readonly log: Log
  /** Name of this gateway. */
  readonly hostname: string
  /** Where list files lie. */
  readonly configDir: string
  /** Between looks at list files. */
  readonly pollMs?: number
}

export function createListEngine(options: ListEngineOptions): ListEngine {
  const { resolver, health, clock } = options
  const files = createLocalLists(options)
  const breaker = createBreaker(health)
  let configured: readonly ConfiguredList[] = []
  let byKind = groupByKind(configured)
  let dns: Settings['dns'] | undefined
  let ownNames: ReadonlySet<string> = new Set()
  const isOwnName = (name: string): boolean => isBelow(name, ownNames)

  const asking = { resolver, health, breaker, clock, isOwnName }

  const ask = (list: ConfiguredList, subject: Subject, trial?: Trial): Pending<Finding> =>
    list.source === 'dns'
      ? askDns(list, subject, asking, trial)
      : askFile(list, subject, files.get(list.file), clock, trial)

  const view = (list: ConfiguredList): ListView =>
    list.source === 'dns'
      ? viewDnsList(list, health.state(list.id))
      : viewFileList(list, files.get(list.file))

  return {
    configure(settings, secrets) {
      configured = configuredLists(settings, secrets)
      byKind = groupByKind(configured)
      ownNames = new Set([options.hostname, ...Object.keys(settings.next_hops)].map(withoutDot))
      files.open(configured.flatMap((list) => (list.source === 'file' ? [list.file] : [])))
      breaker.configure(settings.breaker)
      const dnsLists = configured.filter((list) => list.source === 'dns')
      health.watch(dnsLists.map((list) => watchedList(list, resolver, settings.breaker)))
      if (!isDeepStrictEqual(settings.dns, dns)) health.dnsChanged(settings.dns.retest * 1000)
      dns = settings.dns
    },

    lists: (kind) => configured.filter((list) => kind === undefined || list.kind === kind).map(view),

    has: (kind) => byKind[kind].length > 0,

    isOwnName,

    check(kind, item, trial) {
      const lists = byKind[kind]
      const canonical = canonicalItem(item)
      if (canonical) {
        const subject = createSubject(canonical)
        return allKnown(lists.map((list) => ask(list, subject, trial)))
      }
      const what = item.kind === 'ip' ? 'an IP address' : 'a domain name'
      return lists.map((list) => skipped(list, item, `not ${what}`))
    },

    close() {
      health.close()
      files.close()
      configured = []
      byKind = groupByKind(configured)
    },
  }
}

/** Looked at with each name of each message. */
function groupByKind(
  lists: readonly ConfiguredList[],
): Readonly<Record<ListKind, readonly ConfiguredList[]>> {
  const of = (kind: ListKind): readonly ConfiguredList[] => lists.filter((list) => list.kind === kind)
  return {
    ip_blocklist: of('ip_blocklist'),
    ip_allowlist: of('ip_allowlist'),
    domain_blocklist: of('domain_blocklist'),
    uri_blocklist: of('uri_blocklist'),
  }
}

/** `.example.com` in next_hops stands for all below example.com. */
const withoutDot = (pattern: string): string => pattern.toLowerCase().replace(/^\./, '')

function watchedList(list: DnsList, resolver: Resolver, breaker: Settings['breaker']): WatchedList {
  return {
    id: list.id,
    name: list.name,
    identity: list.zone(),
    ...(list.problem === undefined ? {} : { problem: list.problem }),
    test: () => testOf(list, resolver, breaker),
  }
}

async function testOf(
  list: DnsList,
  resolver: Resolver,
  { enabled, canaries }: Settings['breaker'],
): Promise<ProbeResult> {
  const result = await probeList(list, resolver)
  if (result.kind !== 'passed' || !enabled) return result
  return (await findOverreach(list, resolver, parseCanaries(canaries))) ?? result
}
