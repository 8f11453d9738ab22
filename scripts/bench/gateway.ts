/**
 * What a message costs, in a bare Haraka, with the stock plugins and with this gateway, on real parts: Haraka,
 * clients with addresses of their own, a next hop, a resolver and lists of 100,000 entries. First each peer gets a
 * few messages in turn, which tells what they cost in CPU; then as many as it can take, which tells how fast it is.
 *
 *   npm run bench -- gateway [--rounds N] [--out FILE]
 */
import { startPeer } from './rig/haraka'
import { messageKinds, type MessageKind } from './rig/messages'
import { bare, gateway, parsing, stockPair, type Peer } from './rig/peers'
import { benchOptions, inTurn, number, printTable, writeReport } from './rig/report'
import { startRig, type Rig } from './rig/rig'
import { createMeasuring, type Measured } from './rig/rounds'
import { median } from './rig/statistics'
import { costRows, sendInTurns, summariseCosts, type CostSummary, type Turn } from './rig/turns'

interface Contender {
  readonly peer: Peer
  readonly names: Turn['names']
}

/** The stock plugins keep no answers, so that names are always new to them. */
const contenders: readonly Contender[] = [
  { peer: bare, names: 'known' },
  { peer: parsing, names: 'known' },
  { peer: stockPair, names: 'known' },
  { peer: gateway('gateway, warm'), names: 'known' },
  { peer: gateway('gateway, cold'), names: 'fresh' },
]

/** Sent in a row before anything counts: V8 optimises, caches fill. */
const WARM_UP: Record<MessageKind, number> = { plain: 800, newsletter: 240, attachment: 16 }
/** By round. */
const IN_TURN: Record<MessageKind, number> = { plain: 80, newsletter: 48, attachment: 6 }
const LOT: Record<MessageKind, number> = { plain: 200, newsletter: 64, attachment: 16 }

interface Result {
  readonly costs: readonly CostSummary[]
  readonly throughput: readonly Throughput[]
}

interface Throughput {
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** For each message, seen by the name server. */
  readonly queries: number
}

async function measureAll(nodes: number, rounds: number): Promise<Record<MessageKind, Result>> {
  const rig = await startRig()
  const turns: Turn[] = []
  try {
    console.log(`\n${nodes === 0 ? 'One process' : `${nodes} workers`}; names: ${rig.names.what}`)
    const options = { nameServer: rig.names.address, sinkPort: rig.sinkPort, nodes }
    for (const { peer, names } of contenders) turns.push({ peer: await startPeer(peer, options), names })
    const measure = createMeasuring(rig)
    const results: Partial<Record<MessageKind, Result>> = {}
    for (const kind of messageKinds)
      results[kind] = print(kind, await measureKind(rig, measure, turns, kind, rounds))
    return results as Record<MessageKind, Result>
  } finally {
    for (const { peer } of turns) await peer.stop()
    await rig.stop()
  }
}

async function measureKind(
  rig: Rig,
  measure: ReturnType<typeof createMeasuring>,
  turns: readonly Turn[],
  kind: MessageKind,
  rounds: number,
): Promise<Result> {
  for (const { peer, names } of turns)
    await measure(peer, { message: { kind }, messages: WARM_UP[kind], names })
  const costs = summariseCosts(await sendInTurns(rig, turns, { message: { kind } }, IN_TURN[kind] * rounds))
  const lots: Record<string, Measured[]> = {}
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    for (const { peer, names } of inTurn(turns, round)) {
      const measured = await measure(peer, { message: { kind }, messages: LOT[kind], names })
      ;(lots[peer.name] ??= []).push(measured)
    }
  }
  return { costs, throughput: turns.map(({ peer }) => summarise(peer.name, lots[peer.name] ?? [])) }
}

function summarise(name: string, lots: readonly Measured[]): Throughput {
  const of = (read: (lot: Measured) => number): number => median(lots.map(read))
  return {
    name,
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    queries: of(({ queries }) => queries),
  }
}

function print(kind: MessageKind, result: Result): Result {
  console.log(`\n== ${kind}`)
  printTable(costRows(result.costs))
  printTable([
    ['16 sessions at a time', 'messages/s', 'p50 ms', 'p99 ms', 'DNS queries'],
    ...result.throughput.map(({ name, ...figures }) => [name, ...Object.values(figures).map(number)]),
  ])
  const [stock, warm, cold] = [2, 3, 4].map((index) => ({
    ...result.costs[index],
    ...result.throughput[index],
  }))
  const timesFaster = (than: typeof warm): string => number((stock?.medianMs ?? 0) / (than?.medianMs ?? 0))
  const moreUs = ((cold?.medianMs ?? 0) - (warm?.medianMs ?? 0)) * 1000
  const moreQueries = (cold?.queries ?? 0) - (warm?.queries ?? 0)
  console.log(
    `the stock pair takes ${timesFaster(warm)} times the CPU of warm, ${timesFaster(cold)} of cold; cold: ${number(moreUs / moreQueries)} µs for each query`,
  )
  return result
}

async function main(): Promise<void> {
  const options = benchOptions('gateway', 6)
  const single = await measureAll(0, options.rounds)
  const workers = await measureAll(2, Math.ceil(options.rounds / 3))
  writeReport(options, { single, workers })
}

void main()
