import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** A new text that is on the disk, but not in its place yet. */
export interface PreparedFile {
  /** Puts it in its place: readers see the old text or the new one, whatever happens meanwhile. */
  commit(): void
  /** Takes it away; does nothing after `commit`. */
  discard(): void
}

export interface FileMode {
  /** For a file that is not there yet. */
  readonly whenNew: number
  /** Also for one that is there, whose mode is kept otherwise. */
  readonly always?: boolean
}

/** For text that others may read, and for secrets. */
export const publicFile: FileMode = { whenNew: 0o644 }
export const secretFile: FileMode = { whenNew: 0o600, always: true }

/** Replaces a file as a whole: a crash or a full disk leaves the old one. A link goes on leading to it. */
export function replaceFile(path: string, text: string, mode: FileMode): void {
  const file = prepareFile(path, text, mode)
  try {
    file.commit()
  } finally {
    file.discard()
  }
}

/** All that can fail for want of space happens here, before anything is changed. */
export function prepareFile(path: string, text: string, mode: FileMode): PreparedFile {
  const target = existsSync(path) ? realpathSync(path) : path
  const before = statSync(target, { throwIfNoEntry: false })
  const temporary = `${target}.${randomBytes(6).toString('hex')}.new`
  const discard = (): void => {
    rmSync(temporary, { force: true })
  }
  try {
    writeDurably(
      temporary,
      text,
      before && mode.always !== true ? before.mode & 0o777 : mode.whenNew,
      ownerOf(target, before),
    )
  } catch (error) {
    discard()
    throw error
  }
  return {
    commit() {
      renameSync(temporary, target)
      syncFolder(dirname(target))
    },
    discard,
  }
}

/** It goes on belonging to whom it belonged: root may write what Haraka, under a user of its own, must read. */
function ownerOf(target: string, before: Stats | undefined): Stats | undefined {
  return process.getuid?.() === 0 ? (before ?? statSync(dirname(target))) : undefined
}

function writeDurably(path: string, text: string, mode: number, owner: Stats | undefined): void {
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(descriptor, text)
    // Past the umask, which would take rights away that the file had.
    fchmodSync(descriptor, mode)
    if (owner) fchownSync(descriptor, owner.uid, owner.gid)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
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
