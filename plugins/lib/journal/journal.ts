import type { Log } from '../log'
import type { Settings } from '../settings/schema'
import { createBatch } from './batch'
import type { DeliveryEvent, JournalRecord } from './record'
import { deliveryRow, recordRow, type Row } from './row'
import { createThread } from './thread'

/** What happened to each message of this process, on its way to disk. Never throws, never blocks. */
export interface Journal {
  isOn(): boolean
  configure(settings: Settings['journal']): void
  record(record: JournalRecord): void
  delivery(transaction: string, event: DeliveryEvent): void
  status(): JournalStatus
  /** Writes what waits and ends; for the end of the process, which it holds up for a moment. */
  close(): void
}

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
  const batch = createBatch<Row>({
    maxItems: BATCH_ROWS,
    maxMs: BATCH_MS,
    take: (rows) => {
      if (!thread.write(rows)) lost += rows.length
    },
  })
  const add = (makeRow: () => Row): void => {
    if (settings?.enabled !== true) return
    if (batch.size + thread.underWay() >= MAX_UNDER_WAY) {
      if (!isFull) log.error('journal: entries are given up, because the disk does not keep up')
      isFull = true
      lost++
      return
    }
    isFull = false
    batch.add(makeRow())
  }

  return {
    isOn: () => settings?.enabled === true,
    configure(next) {
      settings = next
      if (next.enabled && (prunes || records)) thread.configure(next)
    },
    record(record) {
      add(() => recordRow(record))
    },
    delivery(transaction, event) {
      add(() => deliveryRow(transaction, event))
    },
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
