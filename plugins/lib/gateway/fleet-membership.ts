import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock'
import { createFleet } from '../fleet/fleet'
import { createRedisLink } from '../fleet/link'
import { shareHealthInFleet } from '../fleet/list-health'
import type { Health, StateChange } from '../lists'
import type { Log } from '../log'
import type { Secrets, Settings } from '../settings/schema'

export interface FleetMembershipOptions {
  readonly health: Health
  readonly hostname: string
  readonly clock: Clock
  readonly log: Log
  /** Told what another node found about a list, for the other processes of this one. */
  readonly onListState: (change: StateChange) => void
}

/** Takes part in the fleet that the settings name, or in none. For the leader of a host. */
export interface FleetMembership {
  configure(settings: Settings, secrets: Secrets): void
  /** What a process of this host found about a list. */
  found(change: StateChange): void
  readonly close: () => void
}

export function createFleetMembership(options: FleetMembershipOptions): FleetMembership {
  let wanted: unknown
  let member: ReturnType<typeof joinFleet> | undefined
  let retestMs = 0

  return {
    configure(settings, { fleet: secret }) {
      retestMs = settings.dns.retest * 1000
      const now = [settings.fleet, secret?.password]
      if (isDeepStrictEqual(now, wanted)) return
      wanted = now
      member?.leave()
      member =
        settings.fleet.redis === ''
          ? undefined
          : joinFleet(settings.fleet, secret?.password, { ...options, retestMs: () => retestMs })
    },
    found: (change) => member?.health.found(change),
    close: () => {
      member?.leave()
      member = undefined
    },
  }
}

function joinFleet(
  { redis, name, node }: Settings['fleet'],
  password: string | undefined,
  options: FleetMembershipOptions & { retestMs: () => number },
) {
  const { health, hostname, log, onListState } = options
  const nodeName = node === '' ? hostname : node
  const link = createRedisLink({ redis, password, name: `gateway-${nodeName}`, log })
  const fleet = createFleet({ name, node: nodeName, link, log })
  const shared = shareHealthInFleet({
    ...options,
    fleet,
    onForeign: (change, from) => {
      sayForeign(health, change, from, log)
      onListState(change)
    },
  })
  return {
    fleet,
    health: shared,
    leave: () => {
      shared.close()
      fleet.close()
    },
  }
}

function sayForeign(health: Health, { listId, state }: StateChange, from: string, log: Log): void {
  const name = health.nameOf(listId) ?? listId
  if (state.kind === 'suspended') {
    log.warn(`${name} (${listId}) is not asked for now: ${from} finds that it ${state.reason}`)
  } else {
    log.notice(`${name} (${listId}) is asked again: ${from} finds that it passes its test`)
  }
}
