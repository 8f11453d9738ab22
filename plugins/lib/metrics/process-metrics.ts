import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { DnsClient, DnsStats } from '../dns'
import type { Journal } from '../journal/journal'
import type { Counts } from './tally'

/** What one process has counted since it began. */
export interface ProcessTotals extends Counts {
  readonly cpuSeconds: number
  readonly dns: Pick<
    DnsStats,
    'lookups' | 'cacheHits' | 'questions' | 'coalesced' | 'retransmissions' | 'answers'
  >
  readonly journalLost: number
}

/** How it is now. */
export interface ProcessState {
  readonly startedAt: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Seconds that the process was late for a timer, since somebody asked before. */
  readonly delay: { readonly median: number; readonly p99: number; readonly max: number }
  readonly dnsCached: number
  readonly dnsInFlight: number
  readonly isDnsReachable: boolean
  readonly journal: { readonly isOn: boolean; readonly waiting: number; readonly hasFault: boolean }
  readonly settings: { readonly version: string; readonly isValid: boolean }
}

export interface ProcessSources {
  readonly counts: () => Counts
  readonly resolver: Pick<DnsClient, 'stats' | 'isReachable'>
  readonly journal: Pick<Journal, 'status'>
  readonly settings: () => ProcessState['settings']
}

const RESOLUTION_MS = 20

export function createProcessMetrics({ counts, resolver, journal, settings }: ProcessSources) {
  const startedAt = Date.now() - process.uptime() * 1000
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  // What it measures includes the time between its looks.
  const seconds = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) : 0
  return {
    totals(): ProcessTotals {
      const { user, system } = process.cpuUsage()
      const { lookups, cacheHits, questions, coalesced, retransmissions, answers } = resolver.stats()
      return {
        ...counts(),
        cpuSeconds: (user + system) / 1e6,
        dns: { lookups, cacheHits, questions, coalesced, retransmissions, answers },
        journalLost: journal.status().lost,
      }
    },
    state(): ProcessState {
      const { rss, heapUsed } = process.memoryUsage()
      const { cached, inFlight } = resolver.stats()
      const { isOn, waiting, fault } = journal.status()
      const delay = {
        median: seconds(delays.percentile(50)),
        p99: seconds(delays.percentile(99)),
        max: seconds(delays.max),
      }
      delays.reset()
      return {
        startedAt,
        residentBytes: rss,
        heapBytes: heapUsed,
        delay,
        dnsCached: cached,
        dnsInFlight: inFlight,
        isDnsReachable: resolver.isReachable(),
        journal: { isOn, waiting, hasFault: fault !== undefined },
        settings: settings(),
      }
    },
  }
}
