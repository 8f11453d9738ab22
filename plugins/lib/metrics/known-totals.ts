import { sum } from './sum'

/**
 * In the leader: the last counts known of every process there was, so that the sum over all of them never runs
 * backwards when a process ends, or is too busy to answer.
 */
export interface KnownTotals<Value> {
  /** A process of this id has counted so much. */
  keep(id: string, value: Value): void
  all(): Readonly<Record<string, Value>>
}

/** Processes told apart; of those before, only the sum is kept. */
const MAX_KNOWN = 64
const EARLIER = 'earlier'

export function createKnownTotals<Value>(): KnownTotals<Value> {
  const known = new Map<string, Value>()
  return {
    keep(id, value) {
      // Those that tell stay behind in the order, so the first are the ones that ended long ago.
      known.delete(id)
      known.set(id, value)
      const first = [...known.keys()].find((each) => each !== EARLIER)
      if (known.size <= MAX_KNOWN || first === undefined) return
      const earlier = sum([known.get(EARLIER), known.get(first)])
      known.delete(first)
      if (earlier !== undefined) known.set(EARLIER, earlier)
    },
    all: () => Object.fromEntries(known),
  }
}
