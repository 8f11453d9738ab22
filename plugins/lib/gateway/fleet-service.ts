import { reasonOf } from '../error-text'
import type { FleetService, FleetView } from './fleet-desk'
import type { Member } from './fleet-membership'
import { SETTINGS } from './settings-replica'

/** What the leader does about the fleet it is in now, for whoever asks on this host. */
export function createFleetService(memberNow: () => Member | undefined): Omit<FleetService, 'answer'> {
  return {
    async view() {
      const member = memberNow()
      return member ? viewOf(member) : { name: '', node: '', documents: [], nodes: [] }
    },
    catchUp: async () => memberNow()?.replicas.catchUp(),
    share: async (name, publication) =>
      (await memberNow()?.replicas.share(name, publication)) ?? { kind: 'alone' },
    takeFleets: async (name) => memberNow()?.replicas.takeFleets(name),
    ask: async (topic, question, timeoutMs) =>
      (await memberNow()?.fleet.ask(topic, question, timeoutMs)) ?? [],
  }
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
