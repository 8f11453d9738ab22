import type { Clock } from '../clock'
import { fingerprint } from '../fingerprint'
import type { Log } from '../log'
import type { Outcome } from './answers'
import {
  beginTesting,
  confirmList,
  createListHealth,
  forget,
  scheduleTest,
  takeForeignState,
  takeOutcome,
  testList,
  type HealthContext,
  type ListHealth,
} from './list-health'
import type { ProbeResult } from './probe'
import type { ListState } from './types'

/** Runs something later; what comes back cancels it. */
export type After = (delayMs: number, run: () => void) => () => void

export const systemAfter: After = (delayMs, run) => {
  const timer = setTimeout(run, delayMs).unref()
  return () => {
    clearTimeout(timer)
  }
}

/** A list as its health sees it. */
export interface WatchedList {
  readonly id: string
  readonly name: string
  /** Changes with what is asked: a list with another key starts afresh. Never shown. */
  readonly identity: string
  /** Why it cannot be asked at all. */
  readonly problem?: string
  test(): Promise<ProbeResult>
}

export interface StateChange {
  readonly listId: string
  readonly state: ListState
}

/**
 * Which lists may be asked. Every process notices faults in its own lookups; `onChange` and `apply` carry
 * states between the processes of a host, one of which is told to test (`startTesting`).
 */
export interface Health {
  /** The lists there are now; those that stay keep their state. */
  watch(lists: readonly WatchedList[]): void
  state(listId: string): ListState
  /**
   * State of a list whose last passed test is no older than that; otherwise it is tested first, whoever the tester
   * is. Does not wait long.
   */
  stateTested(listId: string, maxAgeMs: number): Promise<ListState>
  /** What a lookup brought; `askedAtMs` by the monotonic clock, so that old answers prove nothing new. */
  report(listId: string, outcome: Outcome, askedAtMs: number): void
  /** Tells of every change that this process found; returns how to stop listening. */
  onChange(listener: (change: StateChange) => void): () => void
  /** Takes over what another process found. */
  apply(listId: string, state: ListState): void
  snapshot(): readonly StateChange[]
  /** Of what is asked, key included, without showing it; undefined for a list that is not watched. */
  fingerprint(listId: string): string | undefined
  /** Public name of a list that is watched. */
  nameOf(listId: string): string | undefined
  /** Leaves scheduled tests of a list to another host while `isLeft` says so. */
  leaveTests(isLeft: (listId: string) => Promise<boolean>): void
  startTesting(): void
  stopTesting(): void
  /** Tests one list or all, whoever the tester is; for people who want to know now. */
  testNow(listId?: string): Promise<void>
  /** How often to test, and that what DNS answers may have changed: suspended lists are tested at once. */
  dnsChanged(retestMs: number): void
  close(): void
}

export interface HealthOptions {
  readonly clock: Clock
  readonly log: Log
  /** Between tests of a suspended list. */
  readonly retestMs: number
  /** Between a failed answer and the test that tells chance from fault. */
  readonly confirmMs?: number
  readonly after?: After
}

export function createHealth(options: HealthOptions): Health {
  const lists = new Map<string, ListHealth>()
  /** States that other processes told before this one read its settings. */
  const early = new Map<string, ListState>()
  const listeners = new Set<(change: StateChange) => void>()
  const context = createContext(options, listeners)

  return {
    watch(watched) {
      watchLists(watched, lists, early, context)
    },
    state: (listId) => lists.get(listId)?.state ?? { kind: 'up' },
    async stateTested(listId, maxAgeMs) {
      const health = lists.get(listId)
      return health ? confirmList(health, context, maxAgeMs) : { kind: 'up' }
    },
    report(listId, outcome, askedAtMs) {
      const health = lists.get(listId)
      if (health) takeOutcome(health, context, outcome, askedAtMs)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    apply(listId, state) {
      const health = lists.get(listId)
      if (health) takeForeignState(health, context, state)
      else early.set(listId, state)
    },
    snapshot: () => [...lists].map(([listId, { state }]) => ({ listId, state })),
    fingerprint: (listId) => fingerprintOf(lists.get(listId)),
    nameOf: (listId) => lists.get(listId)?.list.name,
    leaveTests(isLeft) {
      context.isLeft = isLeft
    },
    startTesting() {
      if (context.testing) return
      context.testing = true
      for (const health of lists.values()) beginTesting(health, context)
    },
    stopTesting() {
      context.testing = false
      for (const health of lists.values()) scheduleTest(health, context)
    },
    async testNow(listId) {
      const wanted = [...lists.values()].filter(({ list }) => listId === undefined || list.id === listId)
      await Promise.all(wanted.map((health) => testList(health, context)))
    },
    dnsChanged(retestMs) {
      context.retestMs = retestMs
      for (const health of lists.values()) {
        if (health.state.kind === 'suspended') scheduleTest(health, context, 0)
      }
    },
    close() {
      for (const health of lists.values()) forget(health)
      lists.clear()
      early.clear()
      listeners.clear()
    },
  }
}

const fingerprintOf = (health: ListHealth | undefined): string | undefined =>
  health && fingerprint(health.list.identity)

function createContext(
  { clock, log, retestMs, after = systemAfter, confirmMs = 5000 }: HealthOptions,
  listeners: ReadonlySet<(change: StateChange) => void>,
): HealthContext {
  const tell = (change: StateChange): void => {
    for (const listener of listeners) listener(change)
  }
  return {
    clock,
    log,
    after,
    confirmMs,
    retestMs,
    testing: false,
    isLeft: () => Promise.resolve(false),
    tell,
  }
}

function watchLists(
  watched: readonly WatchedList[],
  lists: Map<string, ListHealth>,
  early: Map<string, ListState>,
  context: HealthContext,
): void {
  const before = new Map(lists)
  lists.clear()
  for (const list of watched) {
    const old = before.get(list.id)
    if (old?.list.identity === list.identity && old.list.problem === list.problem) {
      before.delete(list.id)
      old.list = list
      lists.set(list.id, old)
      continue
    }
    const health = createListHealth(list, context, early.get(list.id))
    lists.set(list.id, health)
    early.delete(list.id)
    if (context.testing) beginTesting(health, context)
  }
  for (const health of before.values()) forget(health)
}
