import { systemClock, type Clock } from '../clock'
import { silentLog, type Log } from '../log'
import type { Pending } from '../pending'
import { createDnsCache } from './cache'
import { createQuestion } from './codec'
import { createInFlight, type InFlightStats } from './in-flight'
import type { ServerStats } from './name-server'
import { openResolvConf } from './resolv-conf'
import { parseServer, type ServerAddress } from './server-address'
import { createServers } from './servers'
import type { DnsAnswer, DnsSettings, LookupOptions, RecordType, Resolver } from './types'

const maxCacheEntries = 50_000
const maxTimeoutMs = 60_000

const unreachable: DnsAnswer = { kind: 'unreachable' }
const impossibleName: DnsAnswer = { kind: 'nxdomain', ttlSeconds: 0 }

export interface DnsClientOptions {
  readonly settings: DnsSettings
  readonly log?: Log
  /** Ages of cached answers and of outages; deadlines run on the system's timers. */
  readonly clock?: Clock
  /** Default `/etc/resolv.conf`; read when the settings name no servers. */
  readonly resolvConf?: string
  /** Told the name (lower case, no trailing dot) of each question that is sent, each time that it is. */
  readonly onSent?: (name: string) => void
}

export interface DnsClient extends Resolver {
  /**
   * Never rejects. A name that cannot exist in DNS (empty or long labels, non-ASCII) is `nxdomain` unasked.
   * `unreachable` is also the answer to more questions at once than are sane: the fault is not the list's.
   */
  lookup(name: string, type: RecordType, options?: LookupOptions): Pending<DnsAnswer>
  /** Takes new settings; throws, and keeps the old ones, when a server is not written right. */
  reconfigure(settings: DnsSettings): void
  /** false while no server answers anything. */
  isReachable(): boolean
  stats(): DnsStats
  /** Forgets all cached answers. */
  clear(): void
  /** Answers what is waiting with `unreachable` and closes all sockets. */
  close(): void
}

/** Totals since the client was created; `cached` and `inFlight` are as of now. */
export interface DnsStats extends InFlightStats {
  readonly lookups: number
  readonly cacheHits: number
  readonly cached: number
  /** Totals per server since it is in use; the check questions count as well. */
  readonly servers: readonly ({ readonly address: string } & Readonly<ServerStats>)[]
}

/** A stub resolver for list lookups: every lookup is settled by its deadline, whatever happens. */
export function createDnsClient(options: DnsClientOptions): DnsClient {
  const { log = silentLog, clock = systemClock, resolvConf: path = '/etc/resolv.conf' } = options
  let settings = options.settings
  const resolvConf = openResolvConf(path, clock)
  const servers = createServers(chooseServers(settings, resolvConf.servers), {
    timeoutMs: () => settings.timeoutMs,
    clock,
    log,
    onSent: ({ name }) => options.onSent?.(name),
  })
  const cache = createDnsCache(maxCacheEntries, clock)
  const inFlight = createInFlight({
    servers,
    patienceMs: () => settings.timeoutMs,
    onAnswer: (key, answer) => {
      if ('ttlSeconds' in answer) cache.set(key, answer)
    },
  })
  const counts = { lookups: 0, cacheHits: 0 }
  let isClosed = false

  function useChosenServers() {
    if (isClosed || !servers.replace(chooseServers(settings, resolvConf.servers))) return
    // Other servers may say other things.
    cache.clear()
    inFlight.restart()
    log.notice(`DNS servers in use: ${servers.stats().map(({ address }) => address).join(', ')}`) // prettier-ignore
  }

  const lookup: DnsClient['lookup'] = (name, type, { timeoutMs, fresh, onCached } = {}) => {
    counts.lookups += 1
    const canonical = (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
    const key = `${type} ${canonical}`
    const known = fresh ? undefined : cache.get(key)
    if (known) {
      counts.cacheHits += 1
      onCached?.()
      return known
    }
    if (settings.servers.length === 0) resolvConf.refresh(useChosenServers)
    const question = createQuestion(canonical, type)
    if (!question) return impossibleName
    if (isClosed || !servers.isReachable()) return unreachable
    return inFlight.ask(key, question, clampTimeout(timeoutMs ?? settings.timeoutMs))
  }

  return {
    lookup,
    reconfigure(next) {
      next.servers.forEach(parseServer)
      settings = next
      useChosenServers()
    },
    isReachable: servers.isReachable,
    stats: () => ({ ...counts, ...inFlight.stats(), cached: cache.size, servers: servers.stats() }),
    clear: cache.clear,
    close() {
      isClosed = true
      inFlight.settleAll(unreachable)
      servers.close()
    },
  }
}

function chooseServers(settings: DnsSettings, ofSystem: readonly ServerAddress[]): readonly ServerAddress[] {
  return settings.servers.length > 0 ? settings.servers.map(parseServer) : ofSystem
}

/** Timers take no more than 31 bits, and NaN as 1. */
function clampTimeout(timeoutMs: number): number {
  return Math.min(Math.max(timeoutMs, 1), maxTimeoutMs)
}
