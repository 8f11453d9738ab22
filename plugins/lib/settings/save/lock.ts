import { randomUUID } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LockOptions {
  /** How long to wait for others. */
  readonly waitMs?: number
  /** A lock of this age was left by a process that died: nobody holds one that long. */
  readonly staleMs?: number
}

const RETRY_MS = 10

/** One change of the settings, or of list files, at a time, whatever process and part of the product makes it. */
export function withStateLock<T>(stateDir: string, of: 'settings' | 'lists', change: () => T): Promise<T> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  return withLock(join(stateDir, `${of}.lock`), change)
}

/**
 * Runs the action while no other process of this host runs one under the same lock file. The action doesn't wait
 * for anything, so that a lock is held for as long as a file takes to write.
 */
export async function withLock<T>(
  path: string,
  action: () => T,
  { waitMs = 5000, staleMs = 15_000 }: LockOptions = {},
): Promise<T> {
  const mark = randomUUID()
  const deadline = performance.now() + waitMs
  while (!take(path, mark)) {
    if (performance.now() > deadline) throw new Error('another process is saving settings, and does not end')
    breakStale(path, staleMs)
    await sleep(RETRY_MS)
  }
  try {
    return action()
  } finally {
    if (readMark(path) === mark) rmSync(path, { force: true })
  }
}

function take(path: string, mark: string): boolean {
  let descriptor: number
  try {
    descriptor = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeFileSync(descriptor, mark)
    return true
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** By a rename, which only one of those who try can do, to a name that tells which lock it was. */
function breakStale(path: string, staleMs: number): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats || Date.now() - stats.mtimeMs < staleMs) return
  const grave = `${path}.${stats.ino}`
  try {
    renameSync(path, grave)
    // Somebody was quicker, and this is the lock taken since: it goes back.
    if (statSync(grave).ino !== stats.ino) renameSync(grave, path)
  } catch {
    return
  } finally {
    rmSync(grave, { force: true })
  }
}

function readMark(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
