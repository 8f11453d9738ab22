import type { RunningPeer } from './haraka'
import type { MessageKind, MessageOptions } from './messages'
import { number } from './report'
import type { Rig } from './rig'
import { freshIdentities, knownIdentities } from './rounds'
import { median, quantile } from './statistics'

export interface Turn {
  readonly peer: RunningPeer
  /** The same names and clients again and again, or new ones with each message. */
  readonly names: 'known' | 'fresh'
}

/** CPU of a message, in milliseconds. */
export interface Cost {
  /** Of the thread that JavaScript runs in. */
  readonly mainMs: number
  /** With those that compile, collect garbage and write the journal. */
  readonly allMs: number
}

export interface Costs {
  readonly name: string
  /** One of each turn, in the order sent. */
  readonly costs: readonly Cost[]
}

export interface Mail {
  readonly message: MessageOptions
  /** Default: one. */
  readonly recipients?: number
}

/** Messages of a turn, two at a time: so many that what the one before left in the caches does not matter. */
const BURST: Record<MessageKind, number> = { plain: 8, newsletter: 6, attachment: 2 }
const SESSIONS = 2

/**
 * A few messages to each in turn, over and over: whatever else a machine does then meets all of them alike. Nothing
 * else can be compared on a machine that is not ours alone. Who comes after whom is left to chance, for those who
 * come after a dear one find cold caches.
 */
export async function sendInTurns(
  rig: Rig,
  turns: readonly Turn[],
  mail: Mail,
  messages: number,
): Promise<readonly Costs[]> {
  const results = turns.map((turn) => ({ turn, costs: [] as Cost[] }))
  const burst = BURST[mail.message.kind]
  for (let from = 0; from < messages; from += burst) {
    for (const { turn, costs } of shuffled(results)) costs.push(await sendBurst(rig, turn, mail, from, burst))
  }
  return results.map(({ turn, costs }) => ({ name: turn.peer.name, costs }))
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

async function sendBurst(
  rig: Rig,
  { peer, names }: Turn,
  { message, recipients }: Mail,
  from: number,
  messages: number,
): Promise<Cost> {
  const before = { main: peer.mainThreadMs(), all: peer.processorMs() }
  const { accepted, failures } = await rig.load({
    port: peer.port,
    sessions: SESSIONS,
    messages,
    from,
    message,
    ...(recipients !== undefined && { recipients }),
    ...(names === 'known' ? knownIdentities : freshIdentities(message)),
  })
  // A peer that refuses is fast.
  if (accepted !== messages)
    throw new Error(`${peer.name}: ${JSON.stringify(failures)}\n${peer.log().slice(-5000)}`)
  return {
    mainMs: (peer.mainThreadMs() - before.main) / messages,
    allMs: (peer.processorMs() - before.all) / messages,
  }
}

export interface CostSummary {
  readonly name: string
  /** Median of all threads, and its ratio to the first peer. */
  readonly medianMs: number
  readonly ratio: number
  /** Mean: the work that is done for many messages at once counts here. */
  readonly meanMs: number
  readonly meanRatio: number
  /** Lower quartile of the main thread: least disturbed by others. */
  readonly mainMs: number
  readonly mainRatio: number
}

export function summariseCosts(all: readonly Costs[]): readonly CostSummary[] {
  const figures = all.map(({ name, costs }) => ({
    name,
    medianMs: median(costs.map(({ allMs }) => allMs)),
    meanMs: costs.reduce((sum, { allMs }) => sum + allMs, 0) / costs.length,
    mainMs: quantile(
      costs.map(({ mainMs }) => mainMs),
      0.25,
    ),
  }))
  const [base = { medianMs: 0, meanMs: 0, mainMs: 0 }] = figures
  return figures.map((one) => ({
    ...one,
    ratio: one.medianMs / base.medianMs,
    meanRatio: one.meanMs / base.meanMs,
    mainRatio: one.mainMs / base.mainMs,
  }))
}

export const costRows = (summary: readonly CostSummary[]): string[][] => [
  ['CPU of a message, ms', 'median', 'to bare', 'mean', 'to bare', 'main thread', 'to bare'],
  ...summary.map((one) => [
    one.name,
    ...[one.medianMs, one.ratio, one.meanMs, one.meanRatio, one.mainMs, one.mainRatio].map(number),
  ]),
]
