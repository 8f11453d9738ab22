import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock'
import { createBases } from '../fleet/bases'
import { createFleet, type Fleet } from '../fleet/fleet'
import { createRedisLink } from '../fleet/link'
import { shareHealthInFleet } from '../fleet/list-health'
import { createNodes, type NodeReport } from '../fleet/nodes'
import type { Replica } from '../fleet/replica'
import { createReplicas, type Replicas } from '../fleet/replicas'
import type { Health, StateChange } from '../lists'
import type { Log } from '../log'
import type { Secrets, Settings } from '../settings/schema'
import { version } from '../version'
import type { FleetService } from './fleet-desk'
import { createFleetService } from './fleet-service'
import { SETTINGS } from './settings-replica'

export interface FleetMembershipOptions {
  readonly health: Health
  readonly hostname: string
  readonly stateDir: string
  readonly clock: Clock
  readonly log: Log
  readonly replicaOf: (name: string) => Replica | undefined
  /** Told what another node found about a list, for the other processes of this one. */
  readonly onListState: (change: StateChange) => void
}

/** Takes part in the fleet that the settings name, or in none. For the leader of a host. */
export interface FleetMembership {
  configure(settings: Settings, secrets: Secrets): void
  /** What a process of this host found about a list. */
  found(change: StateChange): void
  /** The one that this node is in now, if it is in one. */
  fleet(): Fleet | undefined
  /** For all processes of this host. */
  readonly service: FleetService
  readonly close: () => void
}

export type Member = ReturnType<typeof joinFleet>

export function createFleetMembership(options: FleetMembershipOptions): FleetMembership {
  let wanted: unknown
  let member: Member | undefined
  let retestMs = 0
  const responders = new Map<string, (question: unknown) => unknown>()

  return {
    configure(settings, { fleet: secret }) {
      retestMs = settings.dns.retest * 1000
      const { redis, name, node } = settings.fleet
      const now = [redis, name, node, secret?.password]
      if (isDeepStrictEqual(now, wanted)) return
      wanted = now
      member?.leave()
      member =
        redis === ''
          ? undefined
          : joinFleet(settings.fleet, secret?.password, { ...options, retestMs: () => retestMs })
      for (const [topic, responder] of responders) member?.fleet.answer(topic, responder)
    },
    found: (change) => member?.health.found(change),
    fleet: () => member?.fleet,
    service: {
      ...createFleetService(() => member),
      answer(topic, responder) {
        responders.set(topic, responder)
        member?.fleet.answer(topic, responder)
      },
    },
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
  const { health, hostname, stateDir, clock, log, onListState } = options
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
  const replicas = createReplicas({
    ...options,
    fleet,
    bases: createBases(join(stateDir, 'fleet.json'), name),
    order: listFilesFirst,
    onState: tellOnChange(
      () => reportOf(replicas),
      () => {
        nodes.tell()
      },
    ),
  })
  const since = clock.now() - process.uptime() * 1000
  const nodes = createNodes(fleet, clock, () => ({
    version,
    since: Math.round(since),
    ...reportOf(replicas),
  }))
  return {
    fleet,
    health: shared,
    nodes,
    replicas,
    leave: () => {
      shared.close()
      nodes.close()
      replicas.close()
      fleet.close()
    },
  }
}

/** Settings that name a list file are not valid without it. */
const listFilesFirst = (a: string, b: string): number => Number(a === SETTINGS) - Number(b === SETTINGS)

function reportOf(replicas: Replicas): Pick<NodeReport, 'revision' | 'isEdited' | 'problems'> {
  const states = replicas.states()
  const settings = states.find(({ name }) => name === SETTINGS)
  return {
    revision: settings?.revision ?? 0,
    isEdited: settings?.isEdited ?? false,
    problems: states
      .flatMap(({ name, fault }) => (fault === undefined ? [] : [`${name}: ${fault}`.slice(0, 1000)]))
      .slice(0, 20),
  }
}

function tellOnChange(read: () => unknown, tell: () => void): () => void {
  let told: unknown
  return () => {
    const now = read()
    if (isDeepStrictEqual(now, told)) return
    told = now
    tell()
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
