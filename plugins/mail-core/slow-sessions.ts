import type { Clock } from '../lib/clock'
import { tooSlow } from '../lib/haraka/replies'
import { isAtWork, isEnding, isReceiving, isShakingHands } from '../lib/haraka/session-state'
import { timesOf } from '../lib/haraka/session-times'
import type { HarakaConnection } from '../lib/haraka/types'
import { isTooSlow, type Standing } from './pace'

export interface SlowSessionsOptions {
  readonly sessions: Iterable<HarakaConnection>
  readonly clock: Clock
  readonly timeoutMs: () => number
  readonly isStressed: () => boolean
}

interface Progress {
  readonly count: number
  readonly at: number
}

const SWEEP_MS = 2000
const HANDSHAKE_MS = 30_000

/** Ends the sessions of clients that only hold their connection, with 421. */
export function endSlowSessions({ sessions, clock, timeoutMs, isStressed }: SlowSessionsOptions): void {
  const progress = new WeakMap<HarakaConnection, Progress>()
  const progressOf = (session: HarakaConnection, start: number, now: number): Progress => {
    const before = progress.get(session) ?? { count: 0, at: start }
    const count = progressCount(session)
    const current = before.count === count ? before : { count, at: now }
    progress.set(session, current)
    return current
  }
  setInterval(() => {
    const now = clock.monotonic()
    const terms = { now, timeoutMs: timeoutMs(), isStressed: isStressed() }
    for (const session of sessions) {
      const times = timesOf(session)
      if (!times || isEnding(session)) continue
      if (isShakingHands(session)) {
        // Haraka would say 421 into the handshake, and wait for ever until that is written.
        if (now - times.lastReply > HANDSHAKE_MS) session.client.destroy()
        continue
      }
      const { at: progressAt } = progressOf(session, times.start, now)
      const standing = { ...whatItDoes(session), since: times.lastReply, progressAt }
      if (isTooSlow(standing, terms)) end(session)
    }
  }, SWEEP_MS).unref()
}

const whatItDoes = (session: HarakaConnection): Pick<Standing, 'turn' | 'bytes'> => ({
  turn: isAtWork(session) ? 'ours' : isReceiving(session) ? 'message' : 'command',
  bytes: session.transaction?.data_bytes ?? 0,
})

/** Messages that came to their end, and recipients that were taken. */
function progressCount({ msg_count: messages, rcpt_count: recipients }: HarakaConnection): number {
  return messages.accept + messages.tempfail + messages.reject + recipients.accept
}

function end(session: HarakaConnection): void {
  const { code, enhanced, text } = tooSlow()
  session.respond(code, `${enhanced} ${text}`, () => {
    session.disconnect()
  })
}
