import { reasonOf } from '../error-text'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Log } from '../log'
import type { Settings } from '../settings/schema'
import { databasePath, logPath } from './paths'
import type { Row } from './row'
import type { FromThread, ThreadData, ToThread } from './writer-thread'

/** The writer's thread as the process sees it. */
export interface JournalThread {
  configure(settings: Settings['journal']): void
  /** False when there is no thread to take them. */
  write(rows: readonly Row[]): boolean
  /** Rows that were handed over and are not on disk yet. */
  underWay(): number
  fault(): string | undefined
  close(): void
}

export interface ThreadOptions {
  readonly instanceDir: string
  readonly log: Log
  /** Whether it deletes what is too old. */
  readonly prunes: boolean
}

const RESTART_MS = 30_000
const CLOSE_MS = 3000

/** The thread, started when it is needed first, and anew some time after it died. */
export function createThread({ instanceDir, log, prunes }: ThreadOptions): JournalThread {
  const data: ThreadData = { databasePath: databasePath(instanceDir), logPath: logPath(instanceDir) }
  let worker: Worker | undefined
  let settings: ToThread | undefined
  let posted = 0
  let waiting = 0
  let fault: string | undefined
  let restartAt = 0

  const take = (message: FromThread): void => {
    if (message.kind === 'log') log[message.level](message.line)
    if (message.kind !== 'taken') return
    posted -= message.rows
    waiting = message.waiting
    fault = message.fault
  }
  const die = (reason: string): void => {
    if (!worker) return
    worker = undefined
    posted = 0
    waiting = 0
    restartAt = performance.now() + RESTART_MS
    if (reason !== fault) log.error(`journal: nothing is written, mail goes on: its thread ended: ${reason}`)
    fault = reason
  }
  const start = (): Worker | undefined => {
    if (worker ?? performance.now() < restartAt) return worker
    worker = startWorker(data, take, die)
    if (settings) worker.postMessage(settings)
    return worker
  }

  return {
    fault: () => fault,
    underWay: () => posted + waiting,
    configure(journal: Settings['journal']): void {
      const { log: lines, retention_days: retentionDays, max_size: maxBytes } = journal
      settings = { kind: 'settings', settings: { log: lines, retentionDays, maxBytes }, prunes }
      if (worker) worker.postMessage(settings)
      else if (prunes) start()
    },
    write(rows: readonly Row[]): boolean {
      const target = start()
      if (!target) return false
      posted += rows.length
      target.postMessage({ kind: 'rows', rows } satisfies ToThread)
      return true
    },
    close(): void {
      if (!worker) return
      // At the end of a process no event comes any more, so the thread says by shared memory that it is done.
      const done = new SharedArrayBuffer(4)
      worker.postMessage({ kind: 'close', done } satisfies ToThread)
      worker = undefined
      Atomics.wait(new Int32Array(done), 0, 0, CLOSE_MS)
    },
  }
}

function startWorker(
  data: ThreadData,
  take: (message: FromThread) => void,
  die: (reason: string) => void,
): Worker {
  const worker = new Worker(join(__dirname, 'writer-thread.js'), { workerData: data })
  worker.on('message', take)
  worker.on('error', (error) => {
    die(reasonOf(error))
  })
  worker.on('exit', (code) => {
    die(`exit code ${code}`)
  })
  // Haraka ends when its own work ends.
  worker.unref()
  return worker
}
