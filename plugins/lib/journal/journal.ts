import type { Log } from '../log'
import type { Settings } from '../settings/schema'
import { createBatch } from './batch'
import type { DeliveryEvent, JournalRecord } from './record'
import { createCounter } from './counts'
import { deliveryRow, recordRow, type Row } from './row'
import { createThread } from './thread'

/** What happened to each message of this process, on its way to disk. Never throws, never blocks. */
export interface Journal {
  isOn(): boolean
  configure(settings: Settings['journal']): void
  record(record: JournalRecord): void
  delivery(transaction: string, event: DeliveryEvent): void
  /** Calls the listener with each entry as it is made, whether it is written or not; it must be quick. */
  onEntry(listener: (entry: JournalEntry) => void): void
  status(): JournalStatus
  /** Writes what waits and ends; for the end of the process, which it holds up for a moment. */
  close(): void
}

export type JournalEntry =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | { readonly kind: 'delivery'; readonly transaction: string; readonly event: DeliveryEvent }

export interface JournalStatus {
  readonly isOn: boolean
  /** Why nothing is written. */
  readonly fault?: string
  /** Entries that are not on disk yet. */
  readonly waiting: number
  /** Entries that were given up since the start. */
  readonly lost: number
}

export interface JournalOptions {
  readonly instanceDir: string
  readonly log: Log
  /** Whether this process deletes what is too old: one of the host does. */
  readonly prunes: boolean
  /** Whether this process has sessions. */
  readonly records: boolean
}

/** A batch goes to the thread when it is this old, or this long; records come many at a time. */
const BATCH_MS = 100
const BATCH_ROWS = 250
/** Entries under way; more are given up, so that a dead thread costs no memory. */
const MAX_UNDER_WAY = 20_000

export function createJournal(options: JournalOptions): Journal {
  const { log, prunes, records } = options
  const thread = createThread(options)
  let settings: Settings['journal'] | undefined
  let lost = 0
  let isFull = false
  const counter = createCounter()
  const listeners: ((entry: JournalEntry) => void)[] = []
  const batch = createBatch<Row>({
    maxItems: BATCH_ROWS,
    maxMs: BATCH_MS,
    take: (rows) => {
      if (!thread.write([...rows, ...counter.take()])) lost += rows.length
    },
  })
  const write = (entry: JournalEntry): void => {
    if (settings?.enabled !== true) return
    if (batch.size + thread.underWay() >= MAX_UNDER_WAY) {
      if (!isFull) log.error('journal: entries are given up, because the disk does not keep up')
      isFull = true
      lost++
      return
    }
    isFull = false
    counter.add(entry)
    batch.add(rowOf(entry))
  }
  const add = (entry: JournalEntry): void => {
    write(entry)
    for (const listener of listeners) listener(entry)
  }

  return {
    isOn: () => settings?.enabled === true,
    configure(next) {
      settings = next
      if (next.enabled && (prunes || records)) thread.configure(next)
    },
    record(record) {
      add({ kind: 'record', record })
    },
    delivery(transaction, event) {
      add({ kind: 'delivery', transaction, event })
    },
    onEntry: (listener) => listeners.push(listener),
    status() {
      const fault = thread.fault()
      const waiting = batch.size + thread.underWay()
      return { isOn: settings?.enabled === true, waiting, lost, ...(fault !== undefined && { fault }) }
    },
    close() {
      batch.flush()
      thread.close()
    },
  }
}

const rowOf = (entry: JournalEntry): Row =>
  entry.kind === 'record' ? recordRow(entry.record) : deliveryRow(entry.transaction, entry.event)
