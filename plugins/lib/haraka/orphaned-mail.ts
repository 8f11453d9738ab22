import cluster, { type Worker } from 'node:cluster'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log'
import { nobodyThere } from './bus'
import type { ProcessRole } from './process-role'
import type { HarakaPlugin } from './types'

/**
 * Files of the outbound queue carry the pid of the worker that is in charge of them. Haraka hands them on when a
 * worker crashes, but not when it ends in order (a restart, `process.exit(0)`), and not when the worker that
 * should take them dies before it does: those would wait for the next full start. The master hands them on.
 */
export function adoptOrphanedMail(plugin: HarakaPlugin, role: ProcessRole, log: Log): void {
  const queue = plugin.haraka_require('outbound/queue') as HarakaQueue
  keepFilesOfTheLiving(queue)
  if (role !== 'master') return
  const living = watchWorkers()
  let orphanedBefore = new Set<number>()
  const scan = async (): Promise<void> => {
    const pids = new Set(ownersOf(await readdir(queue.queue_dir).catch(() => [])))
    const orphaned = new Set([...pids].filter((pid) => !living.has(pid)))
    // Seen twice: Haraka's own handing over has had its time.
    for (const pid of orphaned) if (orphanedBefore.has(pid)) handOver(pid, living, log)
    orphanedBefore = orphaned
  }
  setInterval(() => void scan(), SCAN_MS).unref()
}

interface HarakaQueue {
  readonly queue_dir: string
  delete_dot_files: () => Promise<void>
}

const SCAN_MS = 5000
/** Prefix of files that are still being written. */
const UNFINISHED = '__tmp__.'

/** The workers that run, whether they still take mail or not, by pid. */
function watchWorkers(): Map<number, Worker> {
  const living = new Map<number, Worker>()
  cluster.on('fork', (worker) => {
    const { pid } = worker.process
    if (pid === undefined) return
    living.set(pid, worker)
    // Haraka takes all listeners off the cluster's own exit event when it restarts workers.
    worker.process.once('exit', () => living.delete(pid))
  })
  return living
}

function handOver(pid: number, living: ReadonlyMap<number, Worker>, log: Log): void {
  const heirs = [...living.values()].filter((worker) => worker.isConnected())
  const heir = heirs[Math.floor(Math.random() * heirs.length)]
  if (!heir) return
  log.notice(`queued mail of process ${pid}, which has ended, goes to process ${heir.process.pid ?? 0}`)
  // An heir that has just died is found out by the next look.
  heir.send({ event: 'outbound.load_pid_queue', data: pid }, nobodyThere)
}

/** arrival_next_attempts_PID_id_counter_host; files that Haraka gave up on start with `error.` */
function ownersOf(files: readonly string[]): number[] {
  return files.flatMap((file) => {
    const pid = Number(/^\d+_\d+_\d+_(\d+)_/.exec(file)?.[1])
    return Number.isSafeInteger(pid) ? [pid] : []
  })
}

/**
 * Whoever takes over a dead worker's mail removes all unfinished files first, those that other workers are just
 * writing as well, which fails their messages. Only those of dead processes may go.
 */
function keepFilesOfTheLiving(queue: HarakaQueue): void {
  queue.delete_dot_files = async () => {
    const files = (await readdir(queue.queue_dir)).filter((file) => file.startsWith(UNFINISHED))
    const stale = files.filter((file) => !isBeingWritten(file.slice(UNFINISHED.length)))
    await Promise.allSettled(stale.map((file) => unlink(join(queue.queue_dir, file))))
  }
}

function isBeingWritten(file: string): boolean {
  const [owner] = ownersOf([file])
  if (owner === undefined) return false
  // In a container each start has the same pid.
  if (owner === process.pid) return Number.parseInt(file, 10) >= Math.floor(performance.timeOrigin)
  try {
    return process.kill(owner, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
