import type { RunningPeer } from './haraka'
import type { Identities } from './identities'
import type { LoadResult } from './load'
import { createMessage, messageKinds, type MessageOptions } from './messages'
import type { Rig } from './rig'

/** What one peer did with one lot of messages. */
export interface Measure {
  readonly cpuMs: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** DNS queries for each message. */
  readonly queries: number
}

export interface Lot {
  readonly message: MessageOptions
  readonly messages: number
  /** New names and clients each time, or the same again. */
  readonly names: 'fresh' | 'known'
  readonly sessions?: number
  readonly recipients?: number
  readonly pauseMs?: number
}

export type Measured = Measure & Pick<LoadResult, 'sessionMs' | 'greetingMs'>

const KNOWN_NAMES = 400
const KNOWN_CLIENTS = 200

/** The same few again and again. */
export const knownIdentities = {
  names: { kind: 'pool', first: 0, size: KNOWN_NAMES },
  clients: { kind: 'pool', first: 0, size: KNOWN_CLIENTS },
} as const

/** New ones with each message, by its number. */
export const freshIdentities = (message: MessageOptions): { names: Identities; clients: Identities } => ({
  // Kinds have different numbers of names, and must not meet.
  names: { kind: 'fresh', first: 1_000_000 * (1 + messageKinds.indexOf(message.kind)) },
  clients: { kind: 'fresh', first: 10_000 * (1 + messageKinds.indexOf(message.kind)) },
})

/** Sends lots of messages to peers; no two lots have a fresh name in common. */
export function createMeasuring(rig: Rig): (peer: RunningPeer, lot: Lot) => Promise<Measured> {
  // Beyond those of single messages.
  let nextName = 10_000_000
  let nextClient = 40_000
  const take = ({ names, message, messages }: Lot): { names: Identities; clients: Identities } => {
    if (names === 'known') return knownIdentities
    const [name, client] = [nextName, nextClient]
    nextName += messages * createMessage(message).domains
    nextClient += messages
    return { names: { kind: 'fresh', first: name }, clients: { kind: 'fresh', first: client } }
  }
  return async (peer, lot) => {
    const { sessions = 16, message, messages, recipients, pauseMs } = lot
    const [cpuBefore, queriesBefore] = [peer.processorMs(), await rig.names.queries()]
    const result = await rig.load({
      port: peer.port,
      sessions,
      message,
      messages,
      ...take(lot),
      ...(recipients !== undefined && { recipients }),
      ...(pauseMs !== undefined && { pauseMs }),
    })
    const cpuMs = (peer.processorMs() - cpuBefore) / messages
    // A peer that refuses is fast.
    if (result.accepted !== messages) {
      throw new Error(
        `${peer.name} did not accept all: ${JSON.stringify(result.failures)}\n${peer.log().slice(-5000)}`,
      )
    }
    return {
      cpuMs,
      perSecond: (messages * 1000) / result.ms,
      p50Ms: result.sessionMs.p50,
      p99Ms: result.sessionMs.p99,
      queries: ((await rig.names.queries()) - queriesBefore) / messages,
      sessionMs: result.sessionMs,
      greetingMs: result.greetingMs,
    }
  }
}
