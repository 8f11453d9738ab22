import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DnsHandler } from '../../test/support/dns-server'
import type { RedisServer } from '../../test/support/redis'
import type { SmallDisk } from '../../test/support/small-disk'
import { below, pick, type Random } from '../fuzz/mutate'
import { pickLie, slowly, type Names } from './names'
import type { HopFault, NextHop } from './places'
import type { Service } from './service'

export interface Surroundings {
  readonly names: Names
  readonly hop: NextHop
  readonly service: Service
  /** Undefined where there is none. */
  readonly redis: RedisServer | undefined
  readonly disk: SmallDisk | undefined
  readonly clockFile: string
  /** Saves a change of the settings through the API, or by hand; returns what came of it. */
  saveSettings(how: 'api' | 'hand'): Promise<string>
}

/** Something that breaks, for some seconds or at once. */
export interface Fault {
  readonly name: string
  /** Breaks it; resolves when it is whole again. */
  happen(lastsMs: number): Promise<void>
}

const HOUR_MS = 3_600_000

/** Draws a fault for each minute as one draws cards: none comes again before all have come. */
export function faultDrawer(random: Random, around: Surroundings): () => Fault {
  let left: number[] = []
  return () => {
    const faults = possibleFaults(random, around)
    if (left.length === 0) left = [...faults.keys()]
    const [index = 0] = left.splice(below(random, left.length), 1)
    return faults[index] ?? pick(random, faults)
  }
}

function possibleFaults(random: Random, around: Surroundings): readonly Fault[] {
  const { redis, disk } = around
  return [
    ...nameFaults(random, around.names),
    ...hopFaults(random, around.hop),
    ...processFaults(random, around),
    ...(redis ? redisFaults(redis) : []),
    ...(disk ? [diskFull(disk)] : []),
  ]
}

function nameFaults(random: Random, names: Names): readonly Fault[] {
  const misbehaving = (name: string, handler: DnsHandler): Fault => ({
    name: `the DNS server ${name}`,
    async happen(lastsMs) {
      names.misbehave(handler)
      await sleep(lastsMs)
      names.misbehave(undefined)
    },
  })
  const delayMs = pick(random, [300, 5000])
  const lie = pickLie(random)
  return [
    between('the DNS server is gone', names.leave, names.comeBack),
    misbehaving(`takes ${delayMs} ms`, slowly(delayMs)),
    misbehaving(lie.name, lie.handler),
  ]
}

function hopFaults(random: Random, hop: NextHop): readonly Fault[] {
  const failing = (name: string, fault: HopFault): Fault =>
    between(
      `the next hop ${name}`,
      () => {
        hop.fail(fault)
      },
      () => {
        hop.fail(undefined)
      },
    )
  const stage = pick(random, ['connect', 'MAIL', 'RCPT', 'message'] as const)
  return [
    between('the next hop is gone', hop.leave, hop.comeBack),
    failing(`takes 2 s at ${stage}`, { kind: 'slow', stage, ms: 2000 }),
    failing(`answers 451 at ${stage}`, { kind: 'busy', stage }),
    failing('takes messages and hangs up', { kind: 'cut' }),
    failing('takes messages and keeps silent', { kind: 'mute' }),
  ]
}

function processFaults(random: Random, around: Surroundings): readonly Fault[] {
  const { service, clockFile } = around
  const aheadMs = pick(random, [HOUR_MS, -HOUR_MS, -24 * HOUR_MS])
  return [
    {
      name: 'kill -9 of workers',
      happen: (lastsMs) =>
        repeatedly(lastsMs, 4000, () => {
          const workers = service.workers()
          if (workers.length > 0) kill(pick(random, workers))
        }),
    },
    {
      name: 'kill -9 of the master',
      async happen(lastsMs) {
        await sleep(below(random, 1000))
        kill(service.master())
        await sleep(lastsMs)
      },
    },
    between(
      `the clock jumps by ${aheadMs / HOUR_MS} h and back`,
      () => {
        writeFileSync(clockFile, String(aheadMs))
      },
      () => {
        writeFileSync(clockFile, '0')
      },
    ),
    {
      name: 'settings are saved, by the page and by hand',
      happen: (lastsMs) =>
        repeatedly(lastsMs, 2000, async () => {
          const how = pick(random, ['api', 'hand'] as const)
          const outcome = await around.saveSettings(how)
          if (outcome !== 'saved') console.log(`  a save by ${how}: ${outcome}`)
        }),
    },
  ]
}

const redisFaults = (redis: RedisServer): readonly Fault[] => [
  between(
    'Redis is gone',
    () => redis.kill(),
    () => redis.start(),
  ),
  between(
    'Redis hangs',
    () => {
      redis.pause()
    },
    () => {
      redis.resume()
    },
  ),
]

const diskFull = (disk: SmallDisk): Fault =>
  between(
    'the disk is full',
    () => {
      disk.fill()
    },
    () => {
      disk.free()
    },
  )

type Step = () => void | Promise<void>

const between = (name: string, begin: Step, end: Step): Fault => ({
  name,
  async happen(lastsMs) {
    await begin()
    await sleep(lastsMs)
    await end()
  },
})

async function repeatedly(lastsMs: number, everyMs: number, step: Step): Promise<void> {
  const end = performance.now() + lastsMs
  while (performance.now() < end) {
    await step()
    await sleep(everyMs)
  }
}

function kill(pid: number | undefined): void {
  // Between two lives there is none.
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
