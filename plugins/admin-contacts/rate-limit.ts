import { clientNetwork } from '../lib/client-network'
import type { Clock } from '../lib/clock'

/** Counts what clients do within a minute. */
export interface RateLimit {
  /** Counts one more; true while the client stays within the limit. */
  count(ip: string, maxPerMinute: number): boolean
  /** Whether one more would be within the limit. */
  allows(ip: string, maxPerMinute: number): boolean
}

const MINUTE_MS = 60_000
/** Nobody fills the memory with addresses; a client that is forgotten starts anew. */
const MAX_CLIENTS = 50_000

/** Starts anew with each minute: at worst a client gets twice the limit in the minute around that. */
export function createRateLimit(clock: Clock): RateLimit {
  const counts = new Map<string, number>()
  let minute = 0
  const countOf = (client: string): number =>
    minute === Math.floor(clock.monotonic() / MINUTE_MS) ? (counts.get(client) ?? 0) : 0
  return {
    count(ip, maxPerMinute) {
      const now = Math.floor(clock.monotonic() / MINUTE_MS)
      if (now !== minute || counts.size >= MAX_CLIENTS) counts.clear()
      minute = now
      const client = clientNetwork(ip)
      const count = countOf(client) + 1
      counts.set(client, count)
      return count <= maxPerMinute
    },
    allows: (ip, maxPerMinute) => countOf(clientNetwork(ip)) < maxPerMinute,
  }
}
