import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock'
import type { Resolver } from '../dns/types'
import type { Log } from '../log'
import { isBelow } from '../mail/domain-name'
import type { Secrets, Settings } from '../settings/schema'
import { askDns, askFile, skipped, type Trial } from './ask'
import { configuredLists, type ConfiguredList, type DnsList } from './configured'
import type { Health, WatchedList } from './health'
import { viewDnsList, viewFileList, type ListView } from './list-view'
import { createLocalLists } from './local-lists'
import { probeList, whyNotSelective } from './probe'
import { canonicalItem } from './query-name'
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
  check(kind: ListKind, item: Item, trial?: Trial): Promise<readonly Finding[]>
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
  let configured: readonly ConfiguredList[] = []
  let dns: Settings['dns'] | undefined
  let ownNames: ReadonlySet<string> = new Set()
  const isOwnName = (name: string): boolean => isBelow(name, ownNames)

  const ask = (list: ConfiguredList, item: Item, trial?: Trial): Promise<Finding> =>
    list.source === 'dns'
      ? askDns(list, item, { resolver, health, clock, isOwnName }, trial)
      : askFile(list, item, files.get(list.file), clock, trial)

  const view = (list: ConfiguredList): ListView =>
    list.source === 'dns'
      ? viewDnsList(list, health.state(list.id))
      : viewFileList(list, files.get(list.file))

  return {
    configure(settings, secrets) {
      configured = configuredLists(settings, secrets)
      ownNames = new Set([options.hostname, ...Object.keys(settings.next_hops)].map(withoutDot))
      files.open(configured.flatMap((list) => (list.source === 'file' ? [list.file] : [])))
      const dnsLists = configured.filter((list) => list.source === 'dns')
      health.watch(dnsLists.map((list) => watchedList(list, resolver)))
      if (!isDeepStrictEqual(settings.dns, dns)) health.dnsChanged(settings.dns.retest * 1000)
      dns = settings.dns
    },

    lists: (kind) => configured.filter((list) => kind === undefined || list.kind === kind).map(view),

    has: (kind) => configured.some((list) => list.kind === kind),

    isOwnName,

    async check(kind, item, trial) {
      const lists = configured.filter((list) => list.kind === kind)
      const canonical = canonicalItem(item)
      if (canonical) return Promise.all(lists.map((list) => ask(list, canonical, trial)))
      const what = item.kind === 'ip' ? 'an IP address' : 'a domain name'
      return lists.map((list) => skipped(list, item, `not ${what}`))
    },

    close() {
      health.close()
      files.close()
      configured = []
    },
  }
}

/** `.example.com` in next_hops stands for all below example.com. */
const withoutDot = (pattern: string): string => pattern.toLowerCase().replace(/^\./, '')

function watchedList(list: DnsList, resolver: Resolver): WatchedList {
  return {
    id: list.id,
    name: list.name,
    identity: list.zone(),
    ...(list.problem === undefined ? {} : { problem: list.problem }),
    test: () => probeList(list, resolver),
    whyNotSelective: () => whyNotSelective(list, resolver),
  }
}
