import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../lib/log'

const KEY_BYTES = 32

/**
 * The key that sessions are signed with, the same for all processes and after a restart. The master makes it before
 * there are workers. Without a disk to keep it on, sessions hold only where they were opened.
 */
export function loadSessionKey(stateDir: string, log: Log): Buffer {
  const file = join(stateDir, 'session.key')
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(file, randomBytes(KEY_BYTES), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const key = readFileSync(file)
    if (key.length === KEY_BYTES) return key
    log.error(`${file} is damaged: delete it and restart; until then people have to sign in again and again`)
  } catch (error) {
    log.error(`logins of the web page will not last: ${(error as Error).message}`)
  }
  return randomBytes(KEY_BYTES)
}
