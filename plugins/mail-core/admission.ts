import { isPrivateNetwork } from '../lib/client-network'
import { tooManyConnections, type Reply } from '../lib/haraka/replies'
import type { HarakaConnection } from '../lib/haraka/types'
import type { Log } from '../lib/log'
import type { Settings } from '../lib/settings/schema'
import type { ConnectionCounts } from './connection-counts'

export type ConnectionLimits = Pick<Settings, 'max_connections' | 'max_connections_per_host'>

export interface Admission {
  enter(connection: HarakaConnection): void
  leave(connection: HarakaConnection): void
  /** Why this session may not go on. */
  refusal(connection: HarakaConnection): Reply | undefined
  /** Connections are scarce. */
  isCrowded(): boolean
}

const CROWDED = 0.8

/**
 * How many sessions there may be. Programs of this machine always get in: they are who tells that something is
 * wrong. Other private addresses are relays and balancers, which have many clients behind them.
 */
export function createAdmission(
  counts: ConnectionCounts,
  limits: () => ConnectionLimits,
  log: Log,
): Admission {
  const inside = new WeakSet<HarakaConnection>()
  let isSaid = false

  const isFull = (): boolean => counts.total() > limits().max_connections
  const say = (): void => {
    if (!isSaid) log.warn(`more than max_connections (${limits().max_connections}): clients are told to wait`)
    isSaid = true
  }
  return {
    enter(connection) {
      inside.add(connection)
      counts.opened(connection.remote.ip)
    },
    leave(connection) {
      if (!inside.delete(connection)) return
      counts.closed(connection.remote.ip)
      if (counts.total() <= CROWDED * limits().max_connections) isSaid = false
    },
    refusal(connection) {
      const { remote } = connection
      if (remote.is_local || !inside.has(connection)) return undefined
      if (isFull()) {
        say()
        return tooManyConnections()
      }
      const isOver = !isPrivateNetwork(remote.ip) && counts.of(remote.ip) > limits().max_connections_per_host
      return isOver ? tooManyConnections() : undefined
    },
    isCrowded: () => counts.total() > CROWDED * limits().max_connections,
  }
}
