import { shuttingDown } from './replies'
import { isAtRest } from './session-state'
import type { HarakaConnection } from './types'

/**
 * The SMTP sessions of this process, so that a shutdown can end them in a way clients understand:
 * a message that is being received or handed on is finished, everyone else is told 421.
 */
export interface OpenSessions extends Iterable<HarakaConnection> {
  add(connection: HarakaConnection): void
  remove(connection: HarakaConnection): void
  /** Ends all sessions; those still busy after `graceMs` are told 421 as well. */
  close(graceMs: number): void
}

const POLL_MS = 100

export function createOpenSessions(): OpenSessions {
  const sessions = new Set<HarakaConnection>()
  return {
    [Symbol.iterator]: () => sessions.values(),
    add: (connection) => sessions.add(connection),
    remove: (connection) => sessions.delete(connection),
    close(graceMs) {
      const deadline = performance.now() + graceMs
      const endIdle = (): void => {
        const late = performance.now() > deadline
        for (const connection of sessions) if (late || isIdle(connection)) end(connection)
        if (sessions.size > 0 && !late) setTimeout(endIdle, POLL_MS)
      }
      endIdle()
    },
  }
}

function isIdle(connection: HarakaConnection): boolean {
  return isAtRest(connection) && !connection.transaction
}

function end(connection: HarakaConnection): void {
  const { code, enhanced, text } = shuttingDown()
  connection.respond(code, `${enhanced} ${text}`, () => {
    connection.disconnect()
  })
}
