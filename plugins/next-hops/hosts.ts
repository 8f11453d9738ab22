import type { Clock } from '../lib/clock'
import type { Log } from '../lib/log'

/** Remembers which hosts did not answer lately, so that others of the same next hop are tried first. */
export interface HostMemory {
  /** Hosts that may answer in the order given, then the others. */
  inOrder(hosts: readonly string[], port: number): readonly string[]
  failed(host: string, port: number, reason: string): void
  answered(host: string, port: number): void
  /** What is known of each `host:port`. */
  states(): readonly HostState[]
}

export interface HostState {
  readonly host: string
  /** Why it cannot be used; undefined: it answered when it was asked last. */
  readonly reason?: string
}

const AVOIDED_MS = 30_000

export function createHostMemory(clock: Clock, log: Log): HostMemory {
  const failedAt = new Map<string, number>()
  const states = new Map<string, HostState>()
  const isAvoided = (host: string, port: number): boolean =>
    clock.monotonic() - (failedAt.get(`${host}:${port}`) ?? -Infinity) < AVOIDED_MS

  return {
    inOrder: (hosts, port) => [
      ...hosts.filter((host) => !isAvoided(host, port)),
      ...hosts.filter((host) => isAvoided(host, port)),
    ],
    failed(host, port, reason) {
      const name = `${host}:${port}`
      // Said once, until it answers again.
      if (!failedAt.has(name)) log.warn(`next hop ${name} cannot be used: ${reason}`)
      failedAt.set(name, clock.monotonic())
      states.set(name, { host: name, reason })
    },
    states: () => [...states.values()],
    answered(host, port) {
      const name = `${host}:${port}`
      states.set(name, { host: name })
      if (failedAt.delete(name)) log.notice(`next hop ${name} answers again`)
    },
  }
}
