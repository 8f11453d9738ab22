import { clientNetwork } from '../lib/client-network'
import type { Clock } from '../lib/clock'
import type { Bus } from '../lib/haraka/bus'

/** Open connections, those of the other processes included as far as they have told. */
export interface ConnectionCounts {
  opened(ip: string): void
  closed(ip: string): void
  total(): number
  of(ip: string): number
}

/** What a process tells the others: how many connections it has, and of each client whose number has changed. */
interface Tale {
  readonly pid: number
  readonly total: number
  readonly clients: readonly (readonly [client: string, count: number])[]
  /** These are all clients. */
  readonly isComplete: boolean
}

interface Told {
  total: number
  heardAt: number
  readonly clients: Map<string, number>
}

const TOPIC = 'connection-counts'
/** Changes are told together, so that a thousand connections a second are five messages a second. */
const TELL_MS = 200
/** Everything is told anew, for those who have just started. */
const TELL_ALL_MS = 5000
/** A process that says nothing for so long is gone, and its connections with it. */
const FORGET_MS = 3 * TELL_ALL_MS

/**
 * One count for all workers. No process waits for another: what has changed elsewhere counts a moment later, so a
 * client that comes in a burst may get its limit in each process, and no more.
 */
export function createConnectionCounts(bus: Bus, clock: Clock): ConnectionCounts {
  const own = new Map<string, number>()
  const others = new Map<number, Told>()
  const changed = new Set<string>()
  let total = 0

  const change = (ip: string, by: 1 | -1): void => {
    const client = clientNetwork(ip)
    const count = (own.get(client) ?? 0) + by
    if (count > 0) own.set(client, count)
    else own.delete(client)
    total += by
    changed.add(client)
  }
  const tell = (isComplete: boolean): void => {
    if (changed.size === 0 && !isComplete) return
    const clients = isComplete
      ? [...own]
      : [...changed].map((client) => [client, own.get(client) ?? 0] as const)
    changed.clear()
    bus.publish(TOPIC, { pid: process.pid, total, clients, isComplete } satisfies Tale)
  }
  bus.subscribe(TOPIC, (data) => {
    take(others, data as Tale, clock.monotonic())
  })
  setInterval(tell, TELL_MS, false).unref()
  setInterval(() => {
    const latest = clock.monotonic() - FORGET_MS
    for (const [pid, { heardAt }] of others) if (heardAt < latest) others.delete(pid)
    tell(true)
  }, TELL_ALL_MS).unref()

  const sumOf = (elsewhere: (told: Told) => number): number =>
    [...others.values()].reduce((sum, told) => sum + elsewhere(told), 0)
  return {
    opened(ip) {
      change(ip, 1)
    },
    closed(ip) {
      change(ip, -1)
    },
    total: () => total + sumOf((told) => told.total),
    of(ip) {
      const client = clientNetwork(ip)
      return (own.get(client) ?? 0) + sumOf(({ clients }) => clients.get(client) ?? 0)
    },
  }
}

function take(others: Map<number, Told>, { pid, total, clients, isComplete }: Tale, now: number): void {
  const told = others.get(pid) ?? { total, heardAt: now, clients: new Map<string, number>() }
  others.set(pid, told)
  told.total = total
  told.heardAt = now
  if (isComplete) told.clients.clear()
  for (const [client, count] of clients) {
    if (count > 0) told.clients.set(client, count)
    else told.clients.delete(client)
  }
}
