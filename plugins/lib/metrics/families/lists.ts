import type { Gathered } from '../gathered'
import { counter, gauge, histogram, sample, type Family } from '../family'
import { LATENCY_BUCKETS_MS } from '../tally'

export function listsFamilies({ totals, host: known }: Gathered): readonly Family[] {
  const counted = Object.entries(totals.lists)
  const states = known?.lists ?? []
  return [
    counter(
      'gateway_list_lookups_total',
      'Items that lists were asked about, by what came of it.',
      counted.flatMap(([list, { results }]) =>
        Object.entries(results).map(([result, value]) => sample(value, { list, result })),
      ),
    ),
    histogram(
      'gateway_list_answer_seconds',
      'How long lists took to answer, the cache included.',
      LATENCY_BUCKETS_MS.map((ms) => ms / 1000),
      counted.map(([list, { latency, latencyMs }]) => ({
        labels: { list },
        counts: latency,
        sum: latencyMs / 1000,
      })),
    ),
    gauge(
      'gateway_list_up',
      'Whether a list is asked: 1, or 0 while it is suspended or misconfigured.',
      states.map(({ id, name, kind, state }) => sample(Number(state === 'up'), { list: id, name, kind })),
    ),
    gauge(
      'gateway_list_state',
      'The state of a list: 1 for the one it is in.',
      states.flatMap(({ id, state }) =>
        ['up', 'suspended', 'misconfigured'].map((each) =>
          sample(Number(each === state), { list: id, state: each }),
        ),
      ),
    ),
    gauge(
      'gateway_list_entries',
      'Entries of a list file.',
      states.flatMap(({ id, size }) => (size === undefined ? [] : [sample(size, { list: id })])),
    ),
  ]
}
