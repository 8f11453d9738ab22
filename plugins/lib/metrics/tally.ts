import type { SessionCounts } from '../journal/hooks'
import type { DeliveryEvent, Outcome } from '../journal/record'
import { isTimeout } from '../journal/report'
import type { Finding } from '../lists/types'

/**
 * What one process has counted since it began. Plain numbers, because each message changes a dozen of them; they
 * become metrics when somebody asks.
 */
export interface Counts {
  readonly sessions: number
  readonly endedSessions: number
  /** Sessions refused before any transaction, and messages, by how they ended and who decided it. */
  readonly refusedSessions: Readonly<Record<EndKey, number>>
  readonly messages: Readonly<Record<EndKey, number>>
  readonly messageBytes: number
  /** Messages that were not refused only because the gateway watches (`shadow: true`). */
  readonly wouldRefuse: number
  readonly deliveries: Readonly<Record<DeliveryEvent['kind'], number>>
  /** By id. */
  readonly lists: Readonly<Record<string, ListCounts>>
}

/** Outcome, plugin and id of the list, a tab between; empty where there is none. */
export type EndKey = string

export interface ListCounts {
  readonly results: Readonly<Record<ListResult, number>>
  /** Answers that took no longer than each of `LATENCY_BUCKETS_MS`, and longer; each answer in one of them. */
  readonly latency: readonly number[]
  readonly latencyMs: number
}

export type ListResult = 'clear' | 'listed' | 'error' | 'timeout' | 'skipped'

export const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const

export interface Tally extends SessionCounts {
  readonly findings: (findings: readonly Finding[]) => void
  counts(): Counts
}

interface ListCells {
  readonly results: Record<ListResult, number>
  readonly latency: number[]
  latencyMs: number
}

/** `listOf` gives the id of the list that a refusal names, if one does. */
export function createTally(listOf: (reply: string) => string | undefined): Tally {
  const sums = { sessions: 0, endedSessions: 0, messageBytes: 0, wouldRefuse: 0 }
  const refusedSessions: Record<EndKey, number> = {}
  const messages: Record<EndKey, number> = {}
  const deliveries = { delivered: 0, delayed: 0, bounced: 0 }
  const lists = new Map<string, ListCells>()
  const cellsOf = (id: string): ListCells => {
    const cells = lists.get(id) ?? emptyCells()
    lists.set(id, cells)
    return cells
  }
  return {
    begun() {
      sums.sessions++
    },
    left() {
      sums.endedSessions++
    },
    ended({ outcome, by, reply }, { transaction }) {
      const ends = transaction ? messages : refusedSessions
      const key = isRefusal(outcome)
        ? `${outcome}\t${by ?? 'haraka'}\t${listOf(reply ?? '') ?? ''}`
        : `${outcome}\t\t`
      ends[key] = (ends[key] ?? 0) + 1
      sums.messageBytes += transaction?.bytes ?? 0
      if (transaction?.notes.wouldRefuse !== undefined) sums.wouldRefuse++
    },
    delivery({ kind }) {
      deliveries[kind]++
    },
    findings(findings) {
      for (const finding of findings) count(cellsOf(finding.listId), finding)
    },
    counts: () => ({
      ...sums,
      refusedSessions,
      messages,
      deliveries,
      lists: Object.fromEntries(lists),
    }),
  }
}

const isRefusal = (outcome: Outcome): boolean => outcome === 'refused' || outcome === 'deferred'

function emptyCells(): ListCells {
  return {
    results: { clear: 0, listed: 0, error: 0, timeout: 0, skipped: 0 },
    latency: new Array<number>(LATENCY_BUCKETS_MS.length + 1).fill(0),
    latencyMs: 0,
  }
}

function count(cells: ListCells, finding: Finding): void {
  cells.results[resultOf(finding)]++
  if (finding.kind === 'skipped') return
  const bucket = LATENCY_BUCKETS_MS.findIndex((limit) => finding.ms <= limit)
  const at = bucket < 0 ? LATENCY_BUCKETS_MS.length : bucket
  cells.latency[at] = (cells.latency[at] ?? 0) + 1
  cells.latencyMs += finding.ms
}

const resultOf = (finding: Finding): ListResult =>
  finding.kind === 'error' && isTimeout(finding.reason) ? 'timeout' : finding.kind
