import type { CountRow } from '../lib/journal/counts'

export interface ListStats {
  /** Messages. */
  readonly asked: number
  readonly listed: number
  readonly errors: number
  /** Of all its answers, those from the cache included; classes of times, so not to the millisecond. */
  readonly medianMs: number
  readonly p99Ms: number
}

/** What the counts of a time say about each list. */
export function createListStats(counts: readonly CountRow[]): (id: string) => ListStats {
  const byList = new Map<string, Map<string, number>>()
  for (const { key, count } of counts) {
    const cut = key.indexOf('\t')
    const facts = byList.get(key.slice(0, cut)) ?? new Map<string, number>()
    facts.set(key.slice(cut + 1), (facts.get(key.slice(cut + 1)) ?? 0) + count)
    byList.set(key.slice(0, cut), facts)
  }
  return (id) => {
    const facts = byList.get(id) ?? new Map<string, number>()
    const times = [...facts]
      .flatMap(([name, count]) => (name.startsWith('ms ') ? [[Number(name.slice(3)), count] as const] : []))
      .toSorted(([a], [b]) => a - b)
    return {
      asked: facts.get('asked') ?? 0,
      listed: facts.get('listed') ?? 0,
      errors: facts.get('errors') ?? 0,
      medianMs: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
    }
  }
}

/** The smallest time that at least the share of all answers stays within. */
function percentile(times: readonly (readonly [number, number])[], share: number): number {
  const total = times.reduce((sum, [, count]) => sum + count, 0)
  let counted = 0
  for (const [ms, count] of times) {
    counted += count
    if (counted >= total * share) return ms
  }
  return 0
}
