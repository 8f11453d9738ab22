import { join } from 'node:path'
import { systemClock } from '../../plugins/lib/clock'
import { createBases } from '../../plugins/lib/fleet/bases'
import { createFleet, type Fleet } from '../../plugins/lib/fleet/fleet'
import { createRedisLink } from '../../plugins/lib/fleet/link'
import { shareHealthInFleet } from '../../plugins/lib/fleet/list-health'
import { createNodes } from '../../plugins/lib/fleet/nodes'
import { createReplicas } from '../../plugins/lib/fleet/replicas'
import { createHealth, type StateChange } from '../../plugins/lib/lists'
import { silentLog } from '../../plugins/lib/log'
import { createQuotaMeter } from '../../plugins/lib/quota/meter'

const SETTINGS = 'gateway.yaml'
const LIST = 'ip_blocklist/custom/bl.test'
const KEY = 'spamhaus-dqs 3fa2c1'
/** As the gateway does. */
const QUOTA_MS = 60_000
const QUERIES_MS = 1000

const suspended: StateChange = {
  listId: LIST,
  state: { kind: 'suspended', reason: 'does not answer', since: Date.now(), nextTest: Date.now() + 300_000 },
}

/** A node with the real code and both of its connections; what it takes stays in memory. */
export type Node = ReturnType<typeof enterFleet>

export function enterFleet(name: string, redis: string, dir: string) {
  const link = createRedisLink({ redis, password: undefined, name: 'sim', log: silentLog })
  const fleet = createFleet({ name: 'sim', node: name, link, log: silentLog })
  const retestMs = 300_000
  const health = createHealth({ clock: systemClock, log: silentLog, retestMs })
  const test = () => Promise.resolve({ kind: 'passed' as const, noTestEntry: true })
  health.watch([{ id: LIST, name: 'Example BL', identity: LIST, test }])
  const options = { fleet, clock: systemClock, log: silentLog }
  const shared = shareHealthInFleet({
    ...options,
    health,
    retestMs: () => retestMs,
    onForeign: () => undefined,
  })
  let text = ''
  const replica = {
    read: () => text,
    fingerprint: (of: string) => of,
    take: (document: { readonly text: string }) => {
      text = document.text
      return Promise.resolve(undefined)
    },
    circumstances: () => '',
    yields: true,
  }
  const replicas = createReplicas({
    ...options,
    bases: createBases(join(dir, name), 'sim'),
    replicaOf: (of) => (of === SETTINGS ? replica : undefined),
    order: () => 0,
    onState: () => undefined,
  })
  const stopAsking = askLists(fleet, join(dir, `${name}-queries`))
  const report = { version: 'sim', since: 0, revision: 0, isEdited: false, problems: [] }
  const nodes = createNodes(fleet, systemClock, () => report)
  return {
    isUp: () => link.fault() === undefined,
    isSuspended: () => health.state(LIST).kind === 'suspended',
    suspend: () => {
      health.apply(LIST, suspended.state)
      shared.found(suspended)
    },
    text: () => text,
    share(next: string) {
      text = next
      return replicas.share(SETTINGS, { by: 'sim' })
    },
    leave() {
      stopAsking()
      nodes.close()
      replicas.close()
      shared.close()
      fleet.close()
    },
  }
}

/** Asks lists with a key of a provider, which the fleet counts. */
function askLists(fleet: Fleet, file: string): () => void {
  const quota = createQuotaMeter({ file, clock: systemClock, log: silentLog, fleet: () => fleet })
  const timers = [
    setInterval(() => {
      quota.count({ [KEY]: 10 })
    }, QUERIES_MS),
    setInterval(() => void quota.refresh(), QUOTA_MS * (0.9 + Math.random() * 0.2)),
  ]
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}
