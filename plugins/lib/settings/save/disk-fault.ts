/** Why a file could not be written. */
export interface DiskFault {
  /** For people: `the disk is full (ENOSPC)`. */
  readonly reason: string
  readonly isDiskFull: boolean
}

const notAllowed = 'the folders config and state must be writable by the user that Haraka runs as'
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'the disk is full',
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: 'the disk is mounted read-only',
}

export function diskFault(error: unknown): DiskFault {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === undefined ? message : `${reasons[code] ?? 'a file cannot be written'} (${code})`
  return { reason, isDiskFull: code !== undefined && reasons[code] === reasons.ENOSPC }
}
