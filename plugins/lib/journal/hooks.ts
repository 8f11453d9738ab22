import { bare } from '../haraka/address'
import { messageNotes } from '../haraka/notes'
import { observeHook } from '../haraka/observe'
import { rehearsalOf } from '../haraka/rehearsal'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../haraka/types'
import { judge } from '../lists/verdict'
import { errorText } from '../error-text'
import type { Settings } from '../settings/schema'
import { createBatch } from './batch'
import { decide, type Decision, type Denial } from './decision'
import { observeDeliveries } from './deliveries'
import { readEnding, type Ending, type ObservedConnection, type ObservedTransaction } from './ending'
import { endedOf, factsOf } from './facts'
import type { Journal } from './journal'
import { listsSaid, type ListsSaid } from './lists-said'
import type { DeliveryEvent, JournalRecord } from './record'
import { createRecord } from './recorder'

/** Told of all sessions, with the journal on or off. */
export interface SessionCounts {
  begun(): void
  left(): void
  ended(decision: Decision, ending: Ending): void
  delivery(event: DeliveryEvent): void
}

export interface SessionRecording {
  readonly journal: Journal
  readonly settings: () => Settings
  readonly counts: SessionCounts
}

/** A client can make its session refuse without end. */
const MAX_DENIALS = 1000
const NO_DENIALS: readonly Denial[] = []
/** Many at a time are cheaper; a hundred hold up the process for two milliseconds. */
const MAX_ENDINGS = 100
const MAX_ENDINGS_MS = 400

/**
 * Watches every session whatever plugins are on, and tells the journal and the counts how each transaction ended,
 * a moment later. What it returns tells them at once.
 */
export function recordSessions(plugin: HarakaPlugin, recording: SessionRecording): () => void {
  const { journal, counts } = recording
  const denials = new WeakMap<HarakaConnection, Denial[]>()
  const fail = (error: unknown): void => {
    plugin.logerror(`the journal has no record of this: ${errorText(error)}`)
  }
  const endings = createBatch<Settled>({
    maxItems: MAX_ENDINGS,
    maxMs: MAX_ENDINGS_MS,
    take: (settled) => {
      for (const each of settled) conclude(each, recording, fail)
    },
  })
  const settle = createSettling(recording, endings.add, fail)
  const end = (connection: ObservedConnection, transaction: ObservedTransaction | null): void => {
    const ending = readEnding(connection, transaction, denials.get(connection) ?? NO_DENIALS)
    denials.delete(connection)
    settle(connection, transaction, ending)
  }

  observeHook(plugin, 'connect_init', -100, (connection: HarakaConnection) => {
    if (!rehearsalOf(connection)) counts.begun()
  })
  observeHook(plugin, 'mail', -100, ({ transaction }: HarakaConnection) => {
    if (transaction) messageNotes(transaction).begunAt = Date.now()
  })
  observeHook(plugin, 'deny', -100, (connection: HarakaConnection, params) => {
    const ofSession = denials.get(connection) ?? []
    denials.set(connection, ofSession)
    if (ofSession.length < MAX_DENIALS) ofSession.push(readDenial(params))
  })
  observeHook(plugin, 'reset_transaction', -100, (connection: ObservedConnection) => {
    if (connection.transaction) end(connection, connection.transaction)
  })
  observeHook(plugin, 'disconnect', -100, (connection: ObservedConnection) => {
    if (!rehearsalOf(connection)) counts.left()
    if (connection.tran_count === 0 && connection.last_reject) end(connection, null)
  })
  observeDeliveries(plugin, (transaction, event) => {
    counts.delivery(event)
    if (journal.isOn()) journal.delivery(transaction, event)
  })
  return endings.flush
}

/** Waits for lookups that are under way; a session that is only tried out keeps its record to itself. */
function createSettling(
  recording: SessionRecording,
  add: (settled: Settled) => void,
  fail: (error: unknown) => void,
) {
  return (connection: ObservedConnection, transaction: ObservedTransaction | null, ending: Ending): void => {
    const said = listsSaid(connection, transaction)
    const rehearsal = rehearsalOf(connection)
    if (!rehearsal && !(said instanceof Promise)) {
      add({ ending, said })
      return
    }
    const settled = Promise.resolve(said).then((known) => ({ ending, said: known }))
    if (rehearsal) rehearsal.keep(settled.then((known) => recordOf(known, recording.settings())))
    else settled.then(add).catch(fail)
  }
}

function readDenial(params: unknown): Denial {
  const [, , plugin, , hookParams, hook] = params as [number, unknown, string, string, unknown, string]
  const recipient =
    hook === 'rcpt'
      ? (hookParams as [HarakaAddress])[0]
      : hook === 'rcpt_ok'
        ? (hookParams as HarakaAddress)
        : undefined
  return { hook, plugin, recipient: recipient && bare(recipient) }
}

interface Settled {
  readonly ending: Ending
  readonly said: ListsSaid
}

/** One that cannot be told of takes no other with it. */
function conclude(settled: Settled, recording: SessionRecording, fail: (error: unknown) => void): void {
  const { journal, settings, counts } = recording
  try {
    if (!journal.isOn()) {
      counts.ended(decide(endedOf(settled.ending)), settled.ending)
      return
    }
    const record = recordOf(settled, settings())
    counts.ended(record, settled.ending)
    journal.record(record)
  } catch (error) {
    fail(error)
  }
}

function recordOf({ ending, said }: Settled, settings: Settings): JournalRecord {
  return createRecord({
    ...factsOf(ending, said, { withSubject: settings.journal.subjects }),
    score: judge(said.findings, { rejectScore: settings.reject_score }).score,
  })
}
