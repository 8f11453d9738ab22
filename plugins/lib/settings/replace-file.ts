import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a file as a whole: readers see the old text or the new one, whatever happens meanwhile. It goes on
 * belonging to whom it belonged, since root may write what Haraka, under a user of its own, must read.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const next = `${path}.${process.pid}.new`
  try {
    const file = openSync(next, 'wx', mode)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    const { uid, gid } = statSync(path, { throwIfNoEntry: false }) ?? statSync(dirname(path))
    if (process.getuid?.() === 0) chownSync(next, uid, gid)
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}
