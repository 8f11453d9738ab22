/**
 * What a message costs, in a bare Haraka, with the stock plugins and with this gateway, on real parts: Haraka,
 * clients with addresses of their own, a next hop, a resolver and lists of 100,000 entries. All run at once and are
 * loaded in turns, so that whatever else the machine does meets all of them.
 *
 *   npm run bench -- gateway [--rounds N] [--out FILE]
 */
import { startPeer, type PeerOptions, type RunningPeer } from './rig/haraka'
import { messageKinds, type MessageKind } from './rig/messages'
import { bare, gateway, parsing, stockPair, type Peer } from './rig/peers'
import { benchOptions, inTurn, number, printTable, writeReport } from './rig/report'
import { startRig } from './rig/rig'
import { createMeasuring, type Lot, type Measured } from './rig/rounds'
import { median } from './rig/statistics'

interface Contender {
  readonly peer: Peer
  readonly names: Lot['names']
}

/** The stock plugins keep no answers, so that names are always new to them. */
const contenders: readonly Contender[] = [
  { peer: bare, names: 'known' },
  { peer: parsing, names: 'known' },
  { peer: stockPair, names: 'known' },
  { peer: gateway('gateway, warm'), names: 'known' },
  { peer: gateway('gateway, cold'), names: 'fresh' },
]

/** Enough CPU for a clock that ticks a hundred times a second. */
const MESSAGES: Record<MessageKind, number> = { plain: 300, newsletter: 100, attachment: 16 }

type Results = Record<MessageKind, Record<string, Measured[]>>

async function measureAll(nodes: number, rounds: number, warmUp: number): Promise<Results> {
  const rig = await startRig()
  const measure = createMeasuring(rig)
  const options: PeerOptions = { nameServer: rig.names.address, sinkPort: rig.sinkPort, nodes }
  const running: { peer: RunningPeer; names: Lot['names'] }[] = []
  const results = Object.fromEntries(messageKinds.map((kind) => [kind, {}])) as Results
  try {
    console.log(`${nodes === 0 ? 'one process' : `${nodes} workers`}; names: ${rig.names.what}`)
    for (const { peer, names } of contenders) running.push({ peer: await startPeer(peer, options), names })
    // The first rounds warm up: V8 optimises, caches fill.
    for (let round = -warmUp; round < rounds; round++) {
      for (const kind of messageKinds) {
        for (const { peer, names } of inTurn(running, round)) {
          const measured = await measure(peer, { message: { kind }, messages: MESSAGES[kind], names })
          if (round >= 0) (results[kind][peer.name] ??= []).push(measured)
        }
      }
    }
    return results
  } finally {
    for (const { peer } of running) await peer.stop()
    await rig.stop()
  }
}

function summarise(byPeer: Record<string, Measured[]>) {
  const base = byPeer[bare.name] ?? []
  return Object.entries(byPeer).map(([name, measured]) => {
    const of = (read: (measure: Measured) => number): number => median(measured.map(read))
    return {
      name,
      cpuMs: of(({ cpuMs }) => cpuMs),
      /** Of each round, so that slow rounds are slow for both. */
      ratio: median(measured.map(({ cpuMs }, round) => cpuMs / (base[round]?.cpuMs ?? Number.NaN))),
      perSecond: of(({ perSecond }) => perSecond),
      p50Ms: of(({ p50Ms }) => p50Ms),
      p99Ms: of(({ p99Ms }) => p99Ms),
      queries: of(({ queries }) => queries),
    }
  })
}

function print(results: Results): void {
  for (const kind of messageKinds) {
    const summary = summarise(results[kind])
    console.log(`\n${kind}`)
    printTable([
      ['', 'CPU ms', 'to bare', 'a second', 'p50 ms', 'p99 ms', 'DNS queries'],
      ...summary.map((one) => [
        one.name,
        ...[one.cpuMs, one.ratio, one.perSecond, one.p50Ms, one.p99Ms, one.queries].map(number),
      ]),
    ])
    printBars(summary)
  }
}

/** What issue of speed asks for, computed from this run. */
function printBars(summary: ReturnType<typeof summarise>): void {
  const [warm, cold, stock] = ['gateway, warm', 'gateway, cold', stockPair.name].map((wanted) =>
    summary.find(({ name }) => name === wanted),
  )
  if (!warm || !cold || !stock) return
  const perQuery = ((cold.cpuMs - warm.cpuMs) * 1000) / (cold.queries - warm.queries)
  console.log(
    `stock pair / gateway, CPU: warm ${number(stock.cpuMs / warm.cpuMs)}, cold ${number(stock.cpuMs / cold.cpuMs)}; cold: ${number(perQuery)} µs more for each query`,
  )
}

async function main(): Promise<void> {
  const options = benchOptions('gateway', 7)
  const single = await measureAll(0, options.rounds, 2)
  print(single)
  console.log()
  const workers = await measureAll(2, Math.ceil(options.rounds / 3), 1)
  print(workers)
  writeReport(options, { single, workers })
}

void main()
