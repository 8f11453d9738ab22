/**
 * What does not show in a minute: memory over 100,000 sessions; the delay of the event loop at 80 % of what the
 * gateway can take; datagrams lost when 64 sessions at a time bring names nobody has asked for.
 *
 *   npm run bench -- endurance [--sessions N] [--out FILE]
 */
import { parseArgs } from 'node:util'
import { startPeer, type RunningPeer } from './rig/haraka'
import { gateway } from './rig/peers'
import { number, printTable, reportFile, writeReport } from './rig/report'
import { createRig, type Rig } from './rig/rig'
import { createMeasuring, knownIdentities } from './rig/rounds'
import { startSettableNames, type SettableNames } from './rig/settable-names'
import { slope } from './rig/statistics'

const { values } = parseArgs({
  options: { sessions: { type: 'string', default: '100000' }, out: { type: 'string' } },
})

type Send = ReturnType<typeof createMeasuring>

async function main(): Promise<void> {
  const rig = await createRig(await startSettableNames())
  const peer = await startPeer(gateway('gateway'), { nameServer: rig.names.address, sinkPort: rig.sinkPort })
  try {
    const send = createMeasuring(rig)
    const datagrams = await countDatagrams(rig, peer, send)
    const loop = await watchLoop(rig, peer, send)
    const memory = await watchMemory(peer, send, Number(values.sessions))
    writeReport({ out: values.out ?? reportFile('endurance') }, { datagrams, loop, memory })
  } finally {
    await peer.stop()
    await rig.stop()
  }
}

interface DnsStats {
  readonly retransmissions: number
  readonly servers: readonly Record<'sent' | 'replies' | 'ignored', number>[]
}

/** 64 newsletters at a time, all their names new. */
async function countDatagrams({ names }: Rig<SettableNames>, peer: RunningPeer, send: Send) {
  const of = async () => {
    const { retransmissions, servers } = await peer.probe<DnsStats>('dns')
    const sum = (what: 'sent' | 'replies' | 'ignored'): number =>
      servers.reduce((total, one) => total + one[what], 0)
    const { received, answered } = await names.counts()
    // Ignored: the second answer to a question that was asked again.
    const taken = sum('replies') + sum('ignored')
    return { sent: sum('sent'), received, answered, taken, retransmissions }
  }
  const before = await of()
  await send(peer, { message: { kind: 'newsletter' }, messages: 1600, sessions: 64, names: 'fresh' })
  const after = await of()
  const counted = Object.entries(after).map(
    ([what, count]) => [what, count - before[what as keyof typeof before]] as const,
  )
  console.log('\n== 1600 newsletters, 64 at a time, all names new')
  printTable([['datagrams', ''], ...counted.map(([what, count]) => [what, `${count}`])])
  return Object.fromEntries(counted)
}

interface LoopDelay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** At a steady rate, as mail comes, not as fast as it goes. */
async function watchLoop(rig: Rig, peer: RunningPeer, send: Send) {
  const newsletters = { message: { kind: 'newsletter' }, names: 'known' } as const
  await send(peer, { ...newsletters, messages: 600 })
  const { perSecond: most } = await send(peer, { ...newsletters, messages: 600 })
  const perSecond = 0.8 * most
  await peer.probe('watch-loop')
  const { sessionMs } = await rig.load({
    port: peer.port,
    sessions: 64,
    messages: Math.ceil(20 * perSecond),
    perSecond,
    message: newsletters.message,
    ...knownIdentities,
  })
  const delay = await peer.probe<LoopDelay>('loop')
  console.log(`\n== ${number(perSecond)} newsletters a second, 80 % of what goes`)
  printTable([
    ['', 'p50 ms', 'p99 ms', 'most ms'],
    ['event loop', number(delay.p50Ms), number(delay.p99Ms), number(delay.maxMs)],
    ['session', number(sessionMs.p50), number(sessionMs.p99), number(sessionMs.max)],
  ])
  return { perSecond, delay, sessionMs }
}

interface Memory {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

const LOTS = 20

/** Clients and names that are known, so that no cache grows; the slope counts from the middle on. */
async function watchMemory(peer: RunningPeer, send: Send, sessions: number) {
  const samples: (Memory & { readonly sessions: number })[] = []
  console.log('\n== memory')
  const lot = { message: { kind: 'plain' }, messages: Math.ceil(sessions / LOTS), names: 'known' } as const
  for (let done = lot.messages; done <= sessions; done += lot.messages) {
    await send(peer, lot)
    const { rss, heapUsed, external } = await peer.probe<Memory>('memory')
    samples.push({ sessions: done, rss, heapUsed, external })
    console.log(`${done} sessions: heap ${number(heapUsed / 1e6)} MB, all ${number(rss / 1e6)} MB`)
  }
  const later = samples.slice(samples.length / 2)
  const growth = (of: 'rss' | 'heapUsed'): number =>
    slope(later.map((sample) => ({ x: sample.sessions / 1000, y: sample[of] })))
  const bytesPerThousand = { heap: growth('heapUsed'), all: growth('rss') }
  console.log(`for each 1000 sessions: heap ${number(bytesPerThousand.heap)} bytes, all ${number(bytesPerThousand.all)}`) // prettier-ignore
  return { samples, bytesPerThousand }
}

void main()
