import { z } from 'zod'
import {
  HOUR_MS,
  MINUTE_MS,
  type CountKind,
  type CountRow,
  type CountSelection,
  type OutcomeKey,
} from '../../lib/journal/counts'
import type { Services } from '../services'
import { route, type Route } from './route'

interface Range {
  readonly lengthMs: number
  readonly stepMs: number
  readonly of: CountSelection['step']
}

const RANGES = {
  '1h': { lengthMs: HOUR_MS, stepMs: MINUTE_MS, of: MINUTE_MS },
  '24h': { lengthMs: 24 * HOUR_MS, stepMs: 15 * MINUTE_MS, of: MINUTE_MS },
  '7d': { lengthMs: 168 * HOUR_MS, stepMs: 2 * HOUR_MS, of: HOUR_MS },
  '30d': { lengthMs: 720 * HOUR_MS, stepMs: 6 * HOUR_MS, of: HOUR_MS },
} as const satisfies Record<string, Range>

const OUTCOMES = ['accepted', 'refused', 'deferred', 'abandoned', 'delivered', 'bounced'] as const
const MAX_REASONS = 50

type Totals = Record<OutcomeKey, number>

const totals = z.strictObject({
  accepted: z.number(),
  refused: z.number(),
  deferred: z.number(),
  abandoned: z.number(),
  delivered: z.number(),
  bounced: z.number(),
})

export const overviewRoutes = ({ journal, clock }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/overview',
    access: 'reader',
    summary: 'Messages by outcome over time, and why they were refused',
    query: z.strictObject({ range: z.enum(['1h', '24h', '7d', '30d']).default('24h') }),
    answer: z.strictObject({
      from: z.number(),
      to: z.number(),
      stepMs: z.number(),
      points: z.array(totals.extend({ time: z.number() })),
      totals,
      reasons: z.array(z.strictObject({ by: z.string(), text: z.string(), count: z.number() })),
      journal: z.strictObject({
        isOn: z.boolean(),
        fault: z.string().optional(),
        waiting: z.number(),
        lost: z.number(),
      }),
    }),
    async handle({ gateway, query: { range } }) {
      const { lengthMs, stepMs, of }: Range = RANGES[range]
      const to = clock.now()
      // Whole steps, so that a bar does not change its height as time goes by.
      const from = Math.floor((to - lengthMs) / stepMs) * stepMs + stepMs
      const read = (kind: CountKind, isTotal: boolean): Promise<readonly CountRow[]> =>
        journal.counts({ step: of, kinds: [kind], since: from, until: to, isTotal })
      const status = gateway.journal.status()
      try {
        const [outcomes, reasons] = await Promise.all([read('outcome', false), read('reason', true)])
        const points = createPoints(outcomes, from, to, stepMs)
        return {
          body: { from, to, stepMs, points, totals: sum(points), reasons: rank(reasons), journal: status },
        }
      } catch (error) {
        const points = createPoints([], from, to, stepMs)
        const fault = status.fault ?? (error as Error).message
        return {
          body: { from, to, stepMs, points, totals: sum(points), reasons: [], journal: { ...status, fault } },
        }
      }
    },
  }),
]

function createPoints(counts: readonly CountRow[], from: number, to: number, stepMs: number) {
  const length = Math.floor((to - from) / stepMs) + 1
  const points = Array.from({ length }, (_, at) => ({ time: from + at * stepMs, ...none() }))
  for (const { time, key, count } of counts) {
    const point = points[Math.floor((time - from) / stepMs)]
    const outcome = OUTCOMES.find((known) => known === key)
    if (point && outcome) point[outcome] += count
  }
  return points
}

function sum(points: readonly Totals[]): Totals {
  const all = none()
  for (const point of points) for (const key of OUTCOMES) all[key] += point[key]
  return all
}

const none = (): Totals => ({ accepted: 0, refused: 0, deferred: 0, abandoned: 0, delivered: 0, bounced: 0 })

function rank(reasons: readonly CountRow[]) {
  return reasons
    .map(({ key, count }) => {
      const [by = '', text = ''] = key.split('\t')
      return { by, text, count }
    })
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MAX_REASONS)
}
