import type { Clock } from '../clock'
import type { HarakaConnection } from './types'

const times = new WeakMap<HarakaConnection, number>()

/** Notes when the session was answered last: since then it is the client's turn. */
export function noteReplies(connection: HarakaConnection, clock: Clock): void {
  const respond = connection.respond.bind(connection)
  times.set(connection, clock.monotonic())
  connection.respond = (code, message, then) => {
    times.set(connection, clock.monotonic())
    respond(code, message, then)
  }
}

/** Monotonic milliseconds. */
export const lastReplyAt = (connection: HarakaConnection): number => times.get(connection) ?? 0
