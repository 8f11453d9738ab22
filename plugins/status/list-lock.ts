import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../lib/settings/save/lock'

/** One change of list files at a time, whatever process and part of the page makes it. */
export function withListLock<Result>(instanceDir: string, change: () => Result): Promise<Result> {
  const stateDir = join(instanceDir, 'state')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  return withLock(join(stateDir, 'lists.lock'), change)
}
