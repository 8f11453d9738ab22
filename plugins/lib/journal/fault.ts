import { dirname } from 'node:path'

/** Why the journal stands still, and what to do, in the words of the log. */
export function describeFault(error: unknown, path: string): string {
  const { code, message } = (error instanceof Error ? error : new Error(String(error))) as Error & {
    code?: unknown
  }
  const mend = MENDS.find(({ codes }) => typeof code === 'string' && codes.test(code))
  const advice = mend?.advice.replace('{path}', path).replace('{folder}', dirname(path))
  return advice === undefined ? message : `${message}: ${advice}`
}

const MENDS: readonly { readonly codes: RegExp; readonly advice: string }[] = [
  {
    codes: /^(?:MODULE_NOT_FOUND|ERR_DLOPEN_FAILED)/,
    advice: 'install the package better-sqlite3 for this Node and restart, or set journal.enabled: false',
  },
  { codes: /^(?:SQLITE_FULL|ENOSPC|EDQUOT)/, advice: 'free space on the disk of {folder}' },
  {
    codes: /^(?:SQLITE_BUSY|SQLITE_LOCKED)/,
    advice: 'end the program that keeps {path} locked, such as a backup or a database shell',
  },
  {
    codes: /^(?:SQLITE_CORRUPT|SQLITE_NOTADB)/,
    advice: 'move {path} and the files -wal and -shm beside it away; a new journal is begun then',
  },
  {
    codes: /^(?:SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    advice: "make {folder} writable for Haraka's user",
  },
  { codes: /^SQLITE_IOERR/, advice: 'the disk of {folder} fails to read or write: look at the system log' },
]
