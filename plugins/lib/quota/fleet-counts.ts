import type { Fleet } from '../fleet/fleet'
import type { DayCounts } from './day-counts'
import { hourOf, HOURS, total, type Hours } from './forecast'
import type { KeyId } from './provider-keys'

/** What a fleet has asked today, as of a moment. */
export interface FleetCounts {
  readonly day: string
  readonly usages: ReadonlyMap<KeyId, FleetUsage>
  /** What of it is from this node. */
  readonly told: ReadonlyMap<KeyId, Hours>
}

export interface FleetUsage {
  readonly hours: Hours
  /** How many gateways have asked. */
  readonly nodes: number
}

/** A day, and a day for those whose clock is late. */
const KEPT_S = 2 * 86_400

/**
 * Adds what this node has counted to what the fleet has, and returns that. In Redis, a day has a hash of totals by
 * key and hour; each of its keys has a hash of totals by node, which tells a node what the fleet has from it. So an
 * answer that is lost counts nothing twice, and a Redis that comes back empty gets it again. Rejects without Redis.
 */
export async function shareCounts(fleet: Fleet, counts: DayCounts, now: number): Promise<FleetCounts> {
  const day = counts.day()
  const told = new Map<KeyId, Hours>()
  for (const key of counts.keys()) told.set(key, await addOwn(fleet, day, key, counts, hourOf(now)))
  const totals = await fleet.link.run((redis) => redis.hGetAll(totalsKey(fleet, day)))
  const usages = new Map<KeyId, FleetUsage>()
  for (const [key, hours] of readTotals(totals)) {
    const nodes = Number(await fleet.link.run((redis) => redis.hLen(nodesKey(fleet, day, key))))
    usages.set(key, { hours, nodes })
  }
  return { day, usages, told }
}

async function addOwn(
  fleet: Fleet,
  day: string,
  key: KeyId,
  counts: DayCounts,
  hour: number,
): Promise<Hours> {
  const nodes = nodesKey(fleet, day, key)
  const field = Number(await fleet.link.run((redis) => redis.hGet(nodes, fleet.node)))
  const known = Number.isSafeInteger(field) ? field : 0
  counts.known(key, known)
  const own = [...counts.hours(key)]
  const untold = total(own) - known
  if (untold <= 0) return own
  const totals = totalsKey(fleet, day)
  await fleet.link.run((redis) => {
    const all = redis.multi().hIncrBy(nodes, fleet.node, untold)
    for (const [at, queries] of latest(own, untold, hour)) all.hIncrBy(totals, `${key} ${at}`, queries)
    return all.expire(nodes, KEPT_S).expire(totals, KEPT_S).exec()
  })
  return own
}

/** The hours that so many of the queries are of: the last ones. */
function* latest(
  hours: Hours,
  queries: number,
  hour: number,
): Generator<readonly [hour: number, count: number]> {
  let left = queries
  for (let at = hour; at >= 0 && left > 0; at--) {
    const count = at === 0 ? left : Math.min(left, hours[at] ?? 0)
    if (count > 0) yield [at, count]
    left -= count
  }
}

function readTotals(fields: Readonly<Record<string, string>>): Map<KeyId, number[]> {
  const totals = new Map<KeyId, number[]>()
  for (const [field, text] of Object.entries(fields)) {
    const [, key, hour] = /^(.{1,80}) (\d{1,2})$/.exec(field) ?? []
    const queries = Number(text)
    if (key === undefined || Number(hour) >= HOURS || !Number.isSafeInteger(queries)) continue
    const hours = totals.get(key) ?? new Array<number>(HOURS).fill(0)
    hours[Number(hour)] = queries
    totals.set(key, hours)
  }
  return totals
}

const totalsKey = (fleet: Fleet, day: string): string => fleet.key(`queries:${day}`)
const nodesKey = (fleet: Fleet, day: string, key: KeyId): string => fleet.key(`queries:${day}:${key}`)
