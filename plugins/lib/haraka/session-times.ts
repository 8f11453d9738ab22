import type { Clock } from '../clock'
import type { HarakaConnection } from './types'

/** In monotonic milliseconds. */
export interface SessionTimes {
  readonly start: number
  /** When the session was answered last: since then it is the client's turn. */
  readonly lastReply: number
}

const times = new WeakMap<HarakaConnection, SessionTimes>()

export function noteTimes(connection: HarakaConnection, clock: Clock): void {
  const respond = connection.respond.bind(connection)
  const start = clock.monotonic()
  times.set(connection, { start, lastReply: start })
  connection.respond = (code, message, then) => {
    times.set(connection, { start, lastReply: clock.monotonic() })
    respond(code, message, then)
  }
}

export const timesOf = (connection: HarakaConnection): SessionTimes | undefined => times.get(connection)
