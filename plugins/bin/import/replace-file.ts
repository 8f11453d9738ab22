import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file as a whole: a crash or a full disk leaves the old one. Mode and owner stay what they were. */
export function replaceFile(path: string, text: string, newMode: number): void {
  const file = existsSync(path) ? realpathSync(path) : path
  const before = statSync(file, { throwIfNoEntry: false })
  const temporary = `${file}.${process.pid}.new`
  try {
    const descriptor = openSync(temporary, 'wx', before ? before.mode & 0o777 : newMode)
    try {
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    // Root edits for the user that Haraka runs as.
    if (before && process.getuid?.() === 0) chownSync(temporary, before.uid, before.gid)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(file))
}

/** The rename itself is on the disk only when the folder is. */
function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
