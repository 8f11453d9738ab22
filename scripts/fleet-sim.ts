/**
 * Many nodes of a fleet, in several processes, over one real redis-server: what they cost when nothing happens, and
 * how soon all of them have a change. Run with: node -r ts-node/register scripts/fleet-sim.ts [NODES [OF_A_PROCESS]]
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis, type RedisServer } from '../test/support/redis'
import type { Order, Progress } from './fleet-sim/some-nodes'

const COUNT = Number(process.argv[2] ?? 1000)
const NODES_PER_PROCESS = Number(process.argv[3] ?? 250)
const QUIET_MS = 60_000
const WAIT_MS = 300_000
const SETTINGS_BYTES = 10_000

interface Fleet {
  order(order: Order, to?: number): void
  /** How many nodes are so, over all processes. */
  sum(of: (progress: Progress) => number): number
  /** Waits until so many are. */
  reach(what: string, count: number, of: (progress: Progress) => number): Promise<void>
}

function startNodes(redis: RedisServer, dir: string): Fleet {
  const names = Array.from({ length: COUNT }, (_, at) => `node-${at}`)
  const known = new Map<ChildProcess, Progress>()
  let onProgress: () => void = () => undefined
  for (let at = 0; at < COUNT; at += NODES_PER_PROCESS) {
    const child = fork(join(__dirname, 'fleet-sim', 'some-nodes.ts'), {
      execArgv: ['-r', 'ts-node/register/transpile-only'],
    })
    child.on('message', (progress: Progress) => {
      known.set(child, progress)
      onProgress()
    })
    known.set(child, { up: 0, suspended: 0, settings: {}, taken: undefined, cpuSeconds: 0 })
    child.send({
      kind: 'enter',
      names: names.slice(at, at + NODES_PER_PROCESS),
      redis: redis.url,
      dir,
    })
  }
  const sum: Fleet['sum'] = (of) => [...known.values()].reduce((total, progress) => total + of(progress), 0)
  return {
    order(order, to) {
      for (const [at, child] of [...known.keys()].entries())
        if (to === undefined || to === at) child.send(order)
    },
    sum,
    async reach(what, count, of) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`${what}: ${sum(of)} of ${count} within ${WAIT_MS / 1000} s`))
        }, WAIT_MS)
        onProgress = () => {
          if (sum(of) < count) return
          clearTimeout(timer)
          resolve()
        }
        onProgress()
      })
    },
  }
}

interface Load {
  readonly commands: number
  readonly published: number
  readonly inBytes: number
  readonly outBytes: number
  readonly cpuSeconds: number
}

function loadOf(redis: RedisServer): Load {
  const info = redis.cli('info', 'everything')
  const read = (field: RegExp): number => Number(field.exec(info)?.[1] ?? 0)
  return {
    commands: read(/^total_commands_processed:(\d+)/m),
    published: read(/^cmdstat_publish:calls=(\d+)/m),
    inBytes: read(/^total_net_input_bytes:(\d+)/m),
    outBytes: read(/^total_net_output_bytes:(\d+)/m),
    cpuSeconds: read(/^used_cpu_user:([\d.]+)/m) + read(/^used_cpu_sys:([\d.]+)/m),
  }
}

async function measured(redis: RedisServer, what: string, work: () => Promise<unknown>): Promise<void> {
  const before = loadOf(redis)
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const after = loadOf(redis)
  const grown = (field: keyof Load): number => after[field] - before[field]
  const each = (field: keyof Load): number => Math.round(grown(field) / seconds)
  console.log(
    `${what}: ${seconds.toFixed(2)} s, ${grown('commands')} commands (${each('commands')} a second), ` +
      `${grown('published')} published, ` +
      `${each('inBytes')} bytes a second to Redis (${grown('inBytes')} in all), ` +
      `${each('outBytes')} from it (${grown('outBytes')}), ` +
      `Redis ${grown('cpuSeconds').toFixed(2)} s of CPU (${((grown('cpuSeconds') / seconds) * 100).toFixed(1)} %)`,
  )
}

async function simulate(redis: RedisServer, dir: string): Promise<void> {
  const fleet = startNodes(redis, dir)
  const settings = 'x'.repeat(SETTINGS_BYTES)
  try {
    await measured(redis, `${COUNT} nodes enter`, async () => {
      await fleet.reach('connected', COUNT, ({ up }) => up)
      const listening = (): number =>
        Number(redis.cli('pubsub', 'numsub', '{gateway:sim}:all').split('\n').at(-1))
      while (listening() < COUNT) await sleep(200)
    })
    const cpu = fleet.sum(({ cpuSeconds }) => cpuSeconds)
    console.log(`CPU of the nodes' processes so far: ${cpu.toFixed(1)} s, ts-node's compiler included`)
    await sleep(10_000)
    await measured(redis, 'nothing happens', () => sleep(QUIET_MS))
    await measured(redis, `settings of ${SETTINGS_BYTES} bytes are on all`, async () => {
      fleet.order({ kind: 'share', text: settings }, 0)
      await fleet.reach('settings', COUNT, (progress) => progress.settings[SETTINGS_BYTES] ?? 0)
    })
    await fleet.reach('answers', 1, ({ taken }) => Number(taken !== undefined))
    console.log(
      `of the others, ${fleet.sum(({ taken }) => taken ?? 0)} have answered that they have taken them`,
    )
    await measured(redis, 'a list is suspended on all', async () => {
      fleet.order({ kind: 'suspend' }, 0)
      await fleet.reach('suspended', COUNT, ({ suspended }) => suspended)
    })
    console.log(
      redis
        .cli('info', 'memory')
        .split('\n')
        .find((line) => line.startsWith('used_memory_human')),
    )
    console.log(
      redis
        .cli('info', 'clients')
        .split('\n')
        .find((line) => line.startsWith('connected_clients')),
    )
  } finally {
    fleet.order({ kind: 'leave' })
  }
}

async function main(): Promise<void> {
  const redis = await startRedis()
  const dir = mkdtempSync(join(tmpdir(), 'fleet-sim-'))
  try {
    await simulate(redis, dir)
  } finally {
    await sleep(500)
    await redis.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
