import type { Clock } from '../clock'
import type { Log } from '../log'
import type { Outcome } from './answers'
import type { After, StateChange, WatchedList } from './health'
import type { ProbeResult } from './probe'
import type { ListState } from './types'

/** What the health of all lists of a process shares. */
export interface HealthContext {
  readonly clock: Clock
  readonly log: Log
  readonly after: After
  /** Between a failed answer and the test that tells chance from fault. */
  readonly confirmMs: number
  /** Between tests of a suspended list. */
  retestMs: number
  /** Whether this process is the one that tests. */
  testing: boolean
  /** Whether another host makes the scheduled test of a list. */
  isLeft(listId: string): Promise<boolean>
  tell(change: StateChange): void
}

/** The health of one list. */
export interface ListHealth {
  list: WatchedList
  state: ListState
  /** By the monotonic clock: answers to earlier questions prove nothing about the present state. */
  upSinceMs: number
  /** By the monotonic clock. */
  passedAtMs: number
  /** A test that listings wait for. */
  confirming: Promise<void> | undefined
  hadTestEntry: boolean
  tested: boolean
  forgotten: boolean
  cancelTest: (() => void) | undefined
  cancelConfirm: (() => void) | undefined
}

/** Lists that are up are tested too, but seldom: that finds those that began to list everything. */
const retestsPerTestOfUp = 12

export function createListHealth(
  list: WatchedList,
  context: HealthContext,
  known: ListState | undefined,
): ListHealth {
  return {
    list,
    state:
      list.problem === undefined
        ? (known ?? { kind: 'up' })
        : { kind: 'misconfigured', reason: list.problem },
    upSinceMs: context.clock.monotonic(),
    passedAtMs: -Infinity,
    confirming: undefined,
    hadTestEntry: false,
    tested: false,
    forgotten: false,
    cancelTest: undefined,
    cancelConfirm: undefined,
  }
}

/** The tester speaks for the host, so that a mistake in the settings is not said by every process. */
export function beginTesting(health: ListHealth, context: HealthContext): void {
  const { list, state } = health
  if (state.kind === 'misconfigured') {
    context.log.warn(`${list.name} (${list.id}) is not asked: it ${state.reason}`)
  } else {
    scheduleTest(health, context, state.kind === 'up' ? 0 : undefined)
  }
}

/** Sets the time of the next test, if this process is the one that tests. */
export function scheduleTest(health: ListHealth, context: HealthContext, delayMs?: number): void {
  health.cancelTest?.()
  health.cancelTest = undefined
  if (!context.testing || health.forgotten || health.state.kind === 'misconfigured') return
  health.cancelTest = context.after(delayMs ?? delayOf(health, context), () => void makeTest(health, context))
}

function delayOf({ state, tested }: ListHealth, { clock, retestMs }: HealthContext): number {
  // Never later than that, whatever the clock did meanwhile, or that of the host which told.
  if (state.kind === 'suspended') return Math.min(retestMs, Math.max(0, state.nextTest - clock.now()))
  return tested ? retestMs * retestsPerTestOfUp : retestMs
}

async function makeTest(health: ListHealth, context: HealthContext): Promise<void> {
  if (!(await context.isLeft(health.list.id))) return testList(health, context)
  if (health.forgotten) return
  // The other tells what it finds; should it say nothing, it is this host's turn next time.
  if (health.state.kind === 'suspended') {
    health.state = { ...health.state, nextTest: context.clock.now() + context.retestMs }
  }
  scheduleTest(health, context)
}

export async function testList(health: ListHealth, context: HealthContext): Promise<void> {
  if (health.state.kind === 'misconfigured') return
  const result = await health.list.test().catch(() => ({ kind: 'inconclusive' }) as const)
  if (health.forgotten) return
  takeResult(health, context, result)
  scheduleTest(health, context)
}

/** A session waits no longer for a test: a listing then counts as it stands. */
const MAX_WAIT_MS = 3000

/** The state after a test, unless one was passed within the time. */
export async function confirmList(
  health: ListHealth,
  context: HealthContext,
  maxAgeMs: number,
): Promise<ListState> {
  if (health.state.kind !== 'up' || context.clock.monotonic() - health.passedAtMs < maxAgeMs) {
    return health.state
  }
  health.confirming ??= testList(health, context).finally(() => (health.confirming = undefined))
  let cancel: (() => void) | undefined
  const tooLong = new Promise<void>((resolve) => (cancel = context.after(MAX_WAIT_MS, resolve)))
  await Promise.race([health.confirming, tooLong])
  cancel?.()
  return health.state
}

function takeResult(health: ListHealth, context: HealthContext, result: ProbeResult): void {
  health.tested = result.kind !== 'inconclusive'
  switch (result.kind) {
    case 'failed':
      suspend(health, context, result.reason)
      break
    case 'passed':
      health.passedAtMs = context.clock.monotonic()
      if (result.noTestEntry && health.hadTestEntry) {
        suspend(health, context, 'does not list its test entry any more')
      } else {
        health.hadTestEntry = !result.noTestEntry
        resume(health, context, result.noTestEntry)
      }
      break
    case 'inconclusive':
      if (health.state.kind === 'suspended') {
        setState(health, context, { ...health.state, nextTest: context.clock.now() + context.retestMs })
      }
  }
}

function suspend(health: ListHealth, context: HealthContext, reason: string): void {
  const { list, state: before } = health
  const now = context.clock.now()
  const since = before.kind === 'suspended' ? before.since : now
  if (before.kind !== 'suspended' || before.reason !== reason) {
    const seconds = context.retestMs / 1000
    context.log.warn(
      `${list.name} (${list.id}) is not asked for now: it ${reason}; next test in ${seconds} s`,
    )
  }
  setState(health, context, { kind: 'suspended', reason, since, nextTest: now + context.retestMs })
  scheduleTest(health, context)
}

function resume(health: ListHealth, context: HealthContext, noTestEntry: boolean): void {
  const { list, state: before } = health
  const note = noTestEntry ? 'has no test entry, so whether it works cannot be told' : undefined
  if (before.kind === 'up' && before.note === note) return
  if (before.kind !== 'up') {
    context.log.notice(`${list.name} (${list.id}) passes its test and is asked again`)
  }
  if (note !== undefined) {
    context.log.warn(`${list.name} (${list.id}) ${note}: check that its zone is spelt right`)
  }
  setState(health, context, note === undefined ? { kind: 'up' } : { kind: 'up', note })
}

function setState(health: ListHealth, context: HealthContext, state: ListState): void {
  if (state.kind === 'up' && health.state.kind !== 'up') health.upSinceMs = context.clock.monotonic()
  health.state = state
  context.tell({ listId: health.list.id, state })
}

/** What another process found. A list that is misconfigured here or there says nothing of the other. */
export function takeForeignState(health: ListHealth, context: HealthContext, state: ListState): void {
  if (health.state.kind === 'misconfigured' || state.kind === 'misconfigured') return
  if (state.kind === 'up' && health.state.kind !== 'up') {
    health.upSinceMs = context.clock.monotonic()
    health.passedAtMs = health.upSinceMs
  }
  health.state = state
  scheduleTest(health, context)
}

/** What a lookup for mail brought. */
export function takeOutcome(
  health: ListHealth,
  context: HealthContext,
  outcome: Outcome,
  askedAtMs: number,
): void {
  if (health.state.kind !== 'up' || askedAtMs < health.upSinceMs) return
  switch (outcome.kind) {
    case 'fault':
      suspend(health, context, outcome.reason)
      break
    case 'failed':
      // One SERVFAIL may be chance; a test some seconds later tells.
      health.cancelConfirm ??= context.after(context.confirmMs, () => {
        health.cancelConfirm = undefined
        if (health.state.kind === 'up') void testList(health, context)
      })
      break
    case 'listed':
    case 'clear':
      health.cancelConfirm?.()
      health.cancelConfirm = undefined
      break
    case 'unreachable':
  }
}

export function forget(health: ListHealth): void {
  health.forgotten = true
  health.cancelTest?.()
  health.cancelConfirm?.()
}
