import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../clock'
import type { Log } from '../log'
import type { Row } from './row'
import { createWriter, type WriterSettings } from './writer'

/** The thread that brings the journal to disk: `createJournal` starts it. */

export interface ThreadData {
  readonly databasePath: string
  readonly logPath: string
}

export type ToThread =
  | { readonly kind: 'settings'; readonly settings: WriterSettings; readonly prunes: boolean }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** Sets `done` to 1 and wakes whoever waits for it. */
  | { readonly kind: 'close'; readonly done: SharedArrayBuffer }

export type FromThread =
  | { readonly kind: 'log'; readonly level: keyof Log; readonly line: string }
  /** A batch was taken; how many rows wait for the disk, and why. */
  | { readonly kind: 'taken'; readonly rows: number; readonly waiting: number; readonly fault?: string }

const RETRY_LOOK_MS = 1000
const PRUNE_EVERY_MS = 60_000
/** Between steps: other processes write meanwhile. */
const PRUNE_PAUSE_MS = 50

if (parentPort) serve(parentPort)

function serve(port: NonNullable<typeof parentPort>): void {
  const { databasePath, logPath } = workerData as ThreadData
  const tell = (message: FromThread): void => {
    port.postMessage(message)
  }
  const writer = createWriter({ databasePath, logPath, clock: systemClock, log: logTo(tell) })
  let pruning: NodeJS.Timeout | undefined
  const retrying = setInterval(() => {
    writer.retry()
  }, RETRY_LOOK_MS)
  const prune = (): void => {
    pruning = setTimeout(prune, writer.prune() ? PRUNE_PAUSE_MS : PRUNE_EVERY_MS)
  }

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'settings':
        writer.configure(message.settings)
        clearTimeout(pruning)
        if (message.prunes) prune()
        break
      case 'rows': {
        writer.write(message.rows)
        const { waiting, fault } = writer.state()
        tell({ kind: 'taken', rows: message.rows.length, waiting, ...(fault !== undefined && { fault }) })
        break
      }
      case 'close':
        clearInterval(retrying)
        clearTimeout(pruning)
        writer.close()
        port.close()
        Atomics.store(new Int32Array(message.done), 0, 1)
        Atomics.notify(new Int32Array(message.done), 0)
    }
  })
}

function logTo(tell: (message: FromThread) => void): Log {
  const at =
    (level: keyof Log) =>
    (line: string): void => {
      tell({ kind: 'log', level, line })
    }
  return { debug: at('debug'), info: at('info'), notice: at('notice'), warn: at('warn'), error: at('error') }
}
