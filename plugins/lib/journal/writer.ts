import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../clock'
import type { Log } from '../log'
import { describeFault } from './fault'
import { jsonLine, type Row } from './row'
import { openStore, type JournalStore } from './store'

export interface WriterSettings {
  /** JSON lines beside the database. */
  readonly log: 'off' | 'json'
  readonly retentionDays: number
  readonly maxBytes: number
}

export interface WriterOptions {
  readonly databasePath: string
  readonly logPath: string
  readonly clock: Clock
  readonly log: Log
  /** Between attempts after a fault. */
  readonly retryMs?: number
  /** Entries kept while the database stands still. */
  readonly maxWaiting?: number
  readonly busyTimeoutMs?: number
}

/**
 * Brings rows to disk, synchronously, so it lives in a thread of its own. When that fails, it says so once
 * with the mend, keeps the latest rows and tries again later: mail never waits for it.
 */
export interface Writer {
  configure(settings: WriterSettings): void
  write(rows: readonly Row[]): void
  /** Tries again what failed, when it is time. */
  retry(): void
  /** Deletes some of what is too old or too much; false when there is no more. */
  prune(): boolean
  state(): WriterState
  close(): void
}

export interface WriterState {
  /** Why nothing is written; undefined: all is well. */
  readonly fault: string | undefined
  readonly waiting: number
  readonly lost: number
}

/** Records a prune deletes at once: about 30 ms of other writers' waiting. */
const PRUNE_STEP = 500
/** A result of the outbound queue may come before the record of its transaction, which waits for lookups. */
const MAX_ORPHANS = 1000
const ORPHAN_MS = 60_000

export function createWriter(options: WriterOptions): Writer {
  const { databasePath, clock, retryMs = 30_000, maxWaiting = 20_000 } = options
  const target = createTarget(options)
  const lines = createLines(options)
  let settings: WriterSettings = { log: 'off', retentionDays: 30, maxBytes: 2 ** 30 }
  let waiting: Row[] = []
  let orphans: readonly Row[] = []
  let retryAt = -Infinity
  let lost = 0

  const flush = (): void => {
    const known = orphans.filter(({ time }) => clock.now() - time < ORPHAN_MS)
    const result = target.use((store) => store.write([...waiting, ...known]))
    if (result.kind === 'failed') {
      retryAt = clock.monotonic() + retryMs
      const excess = waiting.length - maxWaiting
      if (excess > 0) {
        waiting.splice(0, excess)
        lost += excess
      }
      return
    }
    retryAt = -Infinity
    waiting = []
    orphans = result.value.slice(-MAX_ORPHANS)
    if (lost > 0) options.log.warn(`journal: ${lost} records were lost meanwhile`)
    lost = 0
  }

  return {
    configure(next) {
      settings = next
    },
    write(rows) {
      if (settings.log === 'json') lines.append(rows)
      waiting.push(...rows)
      if (clock.monotonic() >= retryAt || waiting.length > maxWaiting) flush()
    },
    retry() {
      if ((waiting.length > 0 || orphans.length > 0) && clock.monotonic() >= retryAt) flush()
    },
    prune() {
      // Who prunes may run as another user than who writes, so it creates nothing.
      if (!existsSync(databasePath) || clock.monotonic() < retryAt) return false
      const cutoff = clock.now() - settings.retentionDays * 86_400_000
      const result = target.use((store) => store.prune({ cutoff, maxBytes: settings.maxBytes }, PRUNE_STEP))
      if (result.kind === 'failed') retryAt = clock.monotonic() + retryMs
      return result.kind === 'ok' && result.value > 0
    },
    state: () => ({ fault: target.fault(), waiting: waiting.length, lost }),
    close() {
      if (waiting.length > 0) flush()
      target.close()
    },
  }
}

type Result<Value> = { readonly kind: 'ok'; readonly value: Value } | { readonly kind: 'failed' }

/** The store, opened when it is needed and anew after each fault. */
function createTarget({ databasePath, log, busyTimeoutMs }: WriterOptions) {
  let store: JournalStore | undefined
  let fault: string | undefined

  const open = (): JournalStore =>
    (store ??= openStore({ path: databasePath, ...(busyTimeoutMs !== undefined && { busyTimeoutMs }) }))
  const close = (): void => {
    try {
      store?.close()
    } catch {
      // A damaged file may fail to close as well.
    }
    store = undefined
  }
  return {
    fault: () => fault,
    close,
    use<Value>(work: (store: JournalStore) => Value): Result<Value> {
      try {
        const value = work(open())
        if (fault !== undefined) log.notice('journal: written again')
        fault = undefined
        return { kind: 'ok', value }
      } catch (error) {
        close()
        const reason = describeFault(error, databasePath)
        if (reason !== fault) log.error(`journal: nothing is written, mail goes on: ${reason}`)
        fault = reason
        return { kind: 'failed' }
      }
    },
  }
}

/** Opened for each batch, so that whoever rotates the file needs to tell nobody. */
function createLines({ logPath, log }: WriterOptions) {
  let fault: string | undefined
  return {
    append(rows: readonly Row[]): void {
      try {
        mkdirSync(dirname(logPath), { recursive: true, mode: 0o700 })
        appendFileSync(logPath, rows.map(jsonLine).join(''), { mode: 0o600 })
        fault = undefined
      } catch (error) {
        const reason = describeFault(error, logPath)
        if (reason !== fault) log.error(`journal: ${logPath} is not written, mail goes on: ${reason}`)
        fault = reason
      }
    },
  }
}
