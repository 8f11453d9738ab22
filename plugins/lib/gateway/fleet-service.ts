import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '../error-text'
import type { NodeCount, Nodes } from '../fleet/nodes'
import type { FleetService, FleetState, FleetView } from './fleet-desk'
import type { Member } from './fleet-membership'
import { SETTINGS } from './settings-replica'

/** What the leader does about the fleet it is in now, for whoever asks on this host. */
export function createFleetService(memberNow: () => Member | undefined): Omit<FleetService, 'answer'> {
  return {
    async view() {
      const member = memberNow()
      return member ? viewOf(member) : { name: '', node: '', documents: [], nodes: [] }
    },
    async aliveNodes() {
      const member = memberNow()
      if (!member) return []
      const alive = await member.nodes.alive().catch(() => [])
      return [...new Set([member.fleet.node, ...alive])]
    },
    async state() {
      const member = memberNow()
      return member && stateOf(member)
    },
    catchUp: async () => memberNow()?.replicas.catchUp(),
    share: async (name, publication) =>
      (await memberNow()?.replicas.share(name, publication)) ?? { kind: 'alone' },
    takeFleets: async (name) => memberNow()?.replicas.takeFleets(name),
    ask: async (topic, question, timeoutMs) =>
      (await memberNow()?.fleet.ask(topic, question, timeoutMs)) ?? [],
  }
}

async function stateOf({ fleet, nodes, replicas }: Member): Promise<FleetState> {
  const states = replicas.states()
  const settings = states.find(({ name }) => name === SETTINGS)
  return {
    ...fleet.status(),
    nodes: fleet.link.fault() === undefined ? await countSoon(nodes) : undefined,
    published: settings?.head ?? 0,
    inForce: settings?.revision ?? 0,
    isEdited: settings?.isEdited ?? false,
    problems: states.filter(({ fault }) => fault !== undefined).length,
  }
}

/** Who reads the metrics of all processes waits for no Redis that has just begun to hang. */
const COUNT_TIMEOUT_MS = 500

async function countSoon(nodes: Nodes): Promise<NodeCount | undefined> {
  const late = sleep(COUNT_TIMEOUT_MS, undefined, { ref: false })
  return Promise.race([nodes.count(), late]).catch(() => undefined)
}

async function viewOf({ fleet, nodes, replicas }: Member): Promise<FleetView> {
  const here = { name: fleet.name, node: fleet.node, documents: replicas.states() }
  try {
    const [all, settings] = await Promise.all([nodes.list(), replicas.published(SETTINGS)])
    if (!settings) return { ...here, nodes: all }
    const { revision, by, node, time, note } = settings
    return {
      ...here,
      nodes: all,
      settings: { revision, by, node, time, ...(note !== undefined && { note }) },
    }
  } catch (error) {
    return { ...here, nodes: [], fault: fleet.link.fault() ?? reasonOf(error) }
  }
}
