/**
 * What a session waits for: the delay of the DNS, 0, 30 and 150 ms; a list that answers nothing; a DNS that answers
 * nothing. For a client that sends each command at once and for one that takes 20 ms.
 *
 *   npm run bench -- latency [--rounds N] [--out FILE]
 */
import { startPeer, type RunningPeer } from './rig/haraka'
import type { MessageKind } from './rig/messages'
import { bare, gateway, stockPair } from './rig/peers'
import { benchOptions, inTurn, number, printTable, writeReport } from './rig/report'
import { createRig, type Rig } from './rig/rig'
import { createMeasuring, type Lot, type Measured } from './rig/rounds'
import { startSettableNames, type SettableNames } from './rig/settable-names'
import { median } from './rig/statistics'
import { nameZones } from './rig/zones'

type Send = ReturnType<typeof createMeasuring>

const DELAYS_MS = [0, 30, 150]
const PAUSES_MS = [0, 20]
/** A few at a time: what is looked for is waiting, not work. */
const SESSIONS = 4
const MESSAGES = 32
/** Each known client and name has been seen after so many. */
const WARM_UP = 400

interface Waiting {
  readonly kind: MessageKind
  readonly delayMs: number
  readonly pauseMs: number
  readonly name: string
  readonly medianMs: number
  /** More than bare; in round trips to the DNS too. */
  readonly addedMs: number
  readonly roundTrips: number
}

async function main(): Promise<void> {
  const options = benchOptions('latency', 4)
  const rig = await createRig(await startSettableNames())
  const peers: RunningPeer[] = []
  try {
    for (const peer of [bare, stockPair, gateway('gateway')])
      peers.push(await startPeer(peer, { nameServer: rig.names.address, sinkPort: rig.sinkPort }))
    const send = createMeasuring(rig)
    for (const peer of peers) {
      for (const kind of ['plain', 'newsletter'] as const)
        await send(peer, { message: { kind }, messages: WARM_UP, names: 'known' })
    }
    const delays = await measureDelays(rig, send, peers, options.rounds)
    const faults = await measureFaults(rig, send, peers)
    writeReport(options, { delays, faults })
  } finally {
    for (const peer of peers) await peer.stop()
    await rig.stop()
  }
}

async function measureDelays(
  { names }: Rig<SettableNames>,
  send: Send,
  peers: readonly RunningPeer[],
  rounds: number,
): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = []
  for (const delayMs of DELAYS_MS) {
    await names.behave({ delayMs })
    for (const kind of ['plain', 'newsletter'] as const) {
      for (const pauseMs of PAUSES_MS) {
        const lot = { message: { kind }, messages: MESSAGES, sessions: SESSIONS, pauseMs }
        const found = compare(kind, delayMs, pauseMs, await inRounds(send, peers, lot, rounds))
        printWaiting(found)
        waiting.push(...found)
      }
    }
  }
  await names.behave({ delayMs: 0 })
  return waiting
}

/** Medians by `PEER, warm` and `PEER, cold`. */
async function inRounds(
  send: Send,
  peers: readonly RunningPeer[],
  lot: Omit<Lot, 'names'>,
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const turns = peers.flatMap((peer) =>
    (['known', 'fresh'] as const).map((names) => ({ peer, names, medians: [] as number[] })),
  )
  for (let round = 0; round < rounds; round++) {
    for (const { peer, names, medians } of inTurn(turns, round))
      medians.push((await send(peer, { ...lot, names })).sessionMs.p50)
  }
  return new Map(
    turns.map(({ peer, names, medians }) => [
      `${peer.name}, ${names === 'known' ? 'warm' : 'cold'}`,
      median(medians),
    ]),
  )
}

function compare(
  kind: MessageKind,
  delayMs: number,
  pauseMs: number,
  medians: ReadonlyMap<string, number>,
): readonly Waiting[] {
  return [...medians].map(([name, medianMs]) => {
    const bareMs = medians.get(`bare, ${name.endsWith('warm') ? 'warm' : 'cold'}`) ?? Number.NaN
    const addedMs = medianMs - bareMs
    return { kind, delayMs, pauseMs, name, medianMs, addedMs, roundTrips: addedMs / delayMs }
  })
}

function printWaiting(found: readonly Waiting[]): void {
  const [{ kind, delayMs, pauseMs } = { kind: '', delayMs: 0, pauseMs: 0 }] = found
  console.log(`\n== ${kind}, DNS ${delayMs} ms away, client takes ${pauseMs} ms for each command`)
  printTable([
    ['session', 'median ms', 'more than bare', 'round trips'],
    ...found.map(({ name, medianMs, addedMs, roundTrips }) => [
      name,
      ...[medianMs, addedMs, roundTrips].map(number),
    ]),
  ])
}

interface Fault {
  readonly what: string
  readonly name: string
  readonly sessionMs: number
  readonly slowestMs: number
  readonly slowestGreetingMs: number
}

/** The first sessions of a fault, then those that come when it is known. */
async function measureFaults(
  { names }: Rig<SettableNames>,
  send: Send,
  peers: readonly RunningPeer[],
): Promise<readonly Fault[]> {
  const faults: Fault[] = []
  const lot = { message: { kind: 'plain' }, messages: MESSAGES, sessions: SESSIONS, names: 'fresh' } as const
  const measure = async (what: string, measured: readonly RunningPeer[]): Promise<void> => {
    for (const peer of measured) {
      const first = await send(peer, { ...lot, messages: SESSIONS })
      faults.push(faultOf(`${what}, first ${SESSIONS} sessions`, peer, first))
      faults.push(faultOf(`${what}, later`, peer, await send(peer, lot)))
    }
  }
  await measure('nothing', peers)
  await names.behave({ delayMs: 0, deadDomain: nameZones[0] ?? '' })
  await measure('a dead list', peers)
  // Haraka alone looks its client's name up for half a minute before it greets.
  await names.behave({ delayMs: 0, deadDomain: '' })
  await measure('a dead DNS', peers.slice(-1))
  await names.behave({ delayMs: 0 })
  printFaults(faults)
  return faults
}

const faultOf = (what: string, { name }: RunningPeer, { sessionMs, greetingMs }: Measured): Fault => ({
  what,
  name,
  sessionMs: sessionMs.p50,
  slowestMs: sessionMs.max,
  slowestGreetingMs: greetingMs.max,
})

function printFaults(faults: readonly Fault[]): void {
  console.log('\n== plain, faults')
  printTable([
    ['fault', 'peer', 'median ms', 'slowest ms', 'slowest greeting ms'],
    ...faults.map(({ what, name, ...figures }) => [what, name, ...Object.values(figures).map(number)]),
  ])
}

void main()
