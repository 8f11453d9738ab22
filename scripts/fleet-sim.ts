/**
 * Many nodes of a fleet in this process, over one real redis-server: what they cost when nothing happens, and how
 * soon all of them have a change. Run with: node -r ts-node/register scripts/fleet-sim.ts [NODES]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../plugins/lib/clock'
import { createBases } from '../plugins/lib/fleet/bases'
import { createFleet } from '../plugins/lib/fleet/fleet'
import { createRedisLink } from '../plugins/lib/fleet/link'
import { shareHealthInFleet } from '../plugins/lib/fleet/list-health'
import { createNodes } from '../plugins/lib/fleet/nodes'
import { createReplicas } from '../plugins/lib/fleet/replicas'
import { createHealth, type StateChange } from '../plugins/lib/lists'
import { silentLog } from '../plugins/lib/log'
import { eventually } from '../test/support/eventually'
import { startRedis, type RedisServer } from '../test/support/redis'

const COUNT = Number(process.argv[2] ?? 1000)
const QUIET_MS = 30_000
const WAIT_MS = 120_000
const SETTINGS = 'gateway.yaml'
const LIST = 'ip_blocklist/custom/bl.test'
const suspended: StateChange = {
  listId: LIST,
  state: { kind: 'suspended', reason: 'does not answer', since: Date.now(), nextTest: Date.now() + 300_000 },
}

type Node = ReturnType<typeof enter>

function enter(name: string, redis: string, dir: string) {
  const link = createRedisLink({ redis, password: undefined, name, log: silentLog })
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
      nodes.close()
      replicas.close()
      shared.close()
      fleet.close()
    },
  }
}

interface Load {
  readonly commands: number
  readonly inBytes: number
  readonly outBytes: number
  readonly cpuSeconds: number
}

function loadOf(redis: RedisServer): Load {
  const info = redis.cli('info', 'all')
  const read = (field: string): number => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1])
  return {
    commands: read('total_commands_processed'),
    inBytes: read('total_net_input_bytes'),
    outBytes: read('total_net_output_bytes'),
    cpuSeconds: read('used_cpu_user') + read('used_cpu_sys'),
  }
}

async function measured(redis: RedisServer, what: string, work: () => Promise<unknown>): Promise<void> {
  const before = loadOf(redis)
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const after = loadOf(redis)
  const grown = (field: keyof Load): number => after[field] - before[field]
  const megabytes = (field: keyof Load): string => (grown(field) / 1e6).toFixed(2)
  console.log(
    `${what}: ${seconds.toFixed(2)} s, ${grown('commands')} commands (${Math.round(grown('commands') / seconds)} a second), ` +
      `${megabytes('inBytes')} MB to Redis, ${megabytes('outBytes')} MB from it, ${grown('cpuSeconds').toFixed(2)} s CPU of Redis`,
  )
}

async function main(): Promise<void> {
  const redis = await startRedis()
  const dir = mkdtempSync(join(tmpdir(), 'fleet-sim-'))
  const nodes: Node[] = []
  const all = (what: string, check: (node: Node) => boolean) =>
    eventually(what, () => nodes.every(check), WAIT_MS)
  try {
    await measured(redis, `${COUNT} nodes enter`, async () => {
      for (let i = 0; i < COUNT; i++) nodes.push(enter(`node-${i}`, redis.url, dir))
      await all('all to be connected', (node) => node.isUp())
      const heard = (): boolean => redis.cli('pubsub', 'numsub', '{gateway:sim}:all').endsWith(`\n${COUNT}`)
      await eventually('all to listen', heard, WAIT_MS)
    })
    await sleep(5000)
    await measured(redis, 'nothing happens', () => sleep(QUIET_MS))
    const settings = 'x'.repeat(10_000)
    await measured(redis, 'settings of 10 kB are on all, and all have said so', async () => {
      await nodes[0]?.share(settings)
      await all('all to have the settings', (node) => node.text() === settings)
    })
    await measured(redis, 'a list is suspended on all', async () => {
      nodes[0]?.suspend()
      await all('all to suspend the list', (node) => node.isSuspended())
    })
  } finally {
    for (const node of nodes) node.leave()
    await redis.stop()
    rmSync(dir, { recursive: true })
  }
}

void main()
