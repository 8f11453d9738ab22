import { z } from 'zod'
import type { Clock } from '../clock'
import type { Fleet } from './fleet'

/** What a node says of itself. */
export const nodeReport = z.strictObject({
  version: z.string().max(80),
  /** When it began, by its own clock. */
  since: z.number(),
  /** Revision of the shared settings that it has in force; 0 for none. */
  revision: z.int().min(0),
  /** Whether its gateway.yaml says something else than that revision. */
  isEdited: z.boolean(),
  /** Why it has not what the fleet has, for people. */
  problems: z.array(z.string().max(1000)).max(20),
})
export type NodeReport = Readonly<z.output<typeof nodeReport>>

const entry = nodeReport.extend({ seen: z.number() })

/** A node, as the others see it. */
export interface NodeView extends NodeReport {
  readonly node: string
  /** When it said so, by its own clock. */
  readonly seen: number
  readonly isAlive: boolean
}

export interface Nodes {
  /** Tells the fleet now; it is told again every ten seconds. */
  tell(): void
  /** Rejects without Redis, as do the others. */
  list(): Promise<readonly NodeView[]>
  /** The names of those that are alive: a small answer, where `list` has a kilobyte a node. */
  alive(): Promise<readonly string[]>
  count(): Promise<NodeCount>
  close(): void
}

export interface NodeCount {
  readonly alive: number
  /** Seen within a week, and not lately. */
  readonly gone: number
}

const EVERY_MS = 10_000
/** Three reports missed, and some for clocks that differ. */
const ALIVE_MS = 60_000
const FORGOTTEN_MS = 7 * 86_400_000

/**
 * The directory of a fleet: one hash in Redis, a field a node; and beside it, so that nobody reads all of it only to
 * know who is there, a sorted set of the names by the time of the last report.
 */
export function createNodes(fleet: Fleet, clock: Clock, report: () => NodeReport): Nodes {
  const key = fleet.key('nodes')
  const seenKey = fleet.key('nodes-seen')
  const { run } = fleet.link
  const tell = (): void => {
    const seen = clock.now()
    const text = JSON.stringify({ ...report(), seen })
    run((redis) => redis.hSet(key, fleet.node, text))
      .then(() => run((redis) => redis.zAdd(seenKey, { score: seen, value: fleet.node })))
      .catch(() => undefined)
  }
  // Not all at once, where a whole fleet is started by one hand.
  const timer = setInterval(tell, EVERY_MS * (0.9 + Math.random() * 0.2)).unref()
  fleet.link.onUp(tell)

  return {
    tell,
    async list() {
      const fields = await run((redis) => redis.hGetAll(key))
      const views = Object.entries(fields).flatMap(([node, text]) => parseNode(node, text, clock.now()))
      const forgotten = views.filter(({ seen }) => clock.now() - seen > FORGOTTEN_MS)
      const forget = async (): Promise<void> => {
        for (const { node } of forgotten) await run((redis) => redis.hDel(key, node))
        await run((redis) => redis.zRemRangeByScore(seenKey, 0, clock.now() - FORGOTTEN_MS))
      }
      forget().catch(() => undefined)
      return views.filter((view) => !forgotten.includes(view)).sort((a, b) => (a.node < b.node ? -1 : 1))
    },
    async alive() {
      const [from, to] = aliveAt(clock.now())
      return run((redis) => redis.zRangeByScore(seenKey, from, to))
    },
    async count() {
      const [from, to] = aliveAt(clock.now())
      const alive = Number(await run((redis) => redis.zCount(seenKey, from, to)))
      return { alive, gone: Number(await run((redis) => redis.zCard(seenKey))) - alive }
    },
    close: () => {
      clearInterval(timer)
    },
  }
}

/** Clocks may differ in both directions. */
const aliveAt = (now: number) => [now - ALIVE_MS, now + ALIVE_MS] as const

function parseNode(node: string, text: string, now: number): NodeView[] {
  try {
    const view = entry.parse(JSON.parse(text))
    return [{ node, ...view, isAlive: Math.abs(now - view.seen) < ALIVE_MS }]
  } catch {
    return []
  }
}
