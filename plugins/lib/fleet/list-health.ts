import { z } from 'zod'
import type { Clock } from '../clock'
import type { Health, StateChange } from '../lists'
import type { Fleet } from './fleet'

const sharedState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('up') }),
  z.strictObject({
    kind: z.literal('suspended'),
    reason: z.string().max(500),
    since: z.number(),
    nextTest: z.number(),
  }),
])
const sharedChange = z.strictObject({
  listId: z.string().max(500),
  /** Of what is asked, key included, so that nodes with other settings don't mix their lists up. */
  fingerprint: z.string().max(64),
  state: sharedState,
})
type SharedChange = z.output<typeof sharedChange>

export interface SharedHealth {
  /** What a process of this host found. */
  found(change: StateChange): void
  close(): void
}

export interface SharedHealthOptions {
  readonly fleet: Fleet
  readonly health: Health
  readonly clock: Clock
  readonly retestMs: () => number
  /** Told of what another node found, once it holds here. */
  readonly onForeign: (change: StateChange, node: string) => void
}

/** After so many tests a fault that the others don't share stops being called this node's own. */
const OWN_FAULT_TESTS = 3

/**
 * One health of lists for a fleet: who meets a fault tells all, and who has the lease of a list tests it for all. A
 * node that finds a list faulty which another has just found well has a fault of its own (its resolver is blocked,
 * say): it keeps that to itself, and tests by itself, so that no fleet flaps.
 */
export function shareHealthInFleet({
  fleet,
  health,
  clock,
  retestMs,
  onForeign,
}: SharedHealthOptions): SharedHealth {
  const foundWell = new Map<string, number>()
  const isOwnFault = (listId: string): boolean =>
    clock.monotonic() - (foundWell.get(listId) ?? -Infinity) < OWN_FAULT_TESTS * retestMs()

  const take = ({ listId, fingerprint, state }: SharedChange, node: string): void => {
    if (health.fingerprint(listId) !== fingerprint) return
    if (state.kind === 'up') foundWell.set(listId, clock.monotonic())
    // The others' clocks may be wrong: the time of the next test is ours.
    const nextTest = clock.now() + retestMs() * (1 + Math.random() / 10)
    const taken = state.kind === 'suspended' ? { ...state, nextTest } : state
    if (health.state(listId).kind === taken.kind) return
    health.apply(listId, taken)
    onForeign({ listId, state: taken }, node)
  }
  fleet.subscribe('list-health', sharedChange, take)
  fleet.link.onUp(() => {
    readSuspended(fleet).then(
      (changes) => {
        for (const change of changes) take(change, 'the fleet')
      },
      () => undefined,
    )
  })
  health.leaveTests(async (listId) => {
    const fingerprint = health.fingerprint(listId)
    if (fingerprint === undefined || isOwnFault(listId)) return false
    const isOurs = await fleet.lease(`test:${listId}:${fingerprint}`, retestMs() * 0.9).catch(() => true)
    return !isOurs
  })
  return {
    found({ listId, state }) {
      const fingerprint = health.fingerprint(listId)
      if (fingerprint === undefined || state.kind === 'misconfigured') return
      if (state.kind === 'suspended' && isOwnFault(listId)) return
      tell(fleet, { listId, fingerprint, state: state.kind === 'up' ? { kind: 'up' } : state })
    },
    close() {
      health.leaveTests(() => Promise.resolve(false))
    },
  }
}

const suspendedKey = (fleet: Fleet): string => fleet.key('suspended-lists')

function tell(fleet: Fleet, change: SharedChange): void {
  fleet.publish('list-health', change)
  const field = `${change.listId} ${change.fingerprint}`
  const isUp = change.state.kind === 'up'
  // For nodes that start, or come back, later.
  fleet.link
    .run((redis) =>
      isUp
        ? redis.hDel(suspendedKey(fleet), field)
        : redis.hSet(suspendedKey(fleet), field, JSON.stringify(change)),
    )
    .catch(() => undefined)
}

async function readSuspended(fleet: Fleet): Promise<SharedChange[]> {
  const fields = await fleet.link.run((redis) => redis.hGetAll(suspendedKey(fleet)))
  return Object.values(fields).flatMap((text) => {
    try {
      return [sharedChange.parse(JSON.parse(text))]
    } catch {
      return []
    }
  })
}
