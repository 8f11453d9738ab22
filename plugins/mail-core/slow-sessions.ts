import type { Clock } from '../lib/clock'
import { lastReplyAt } from '../lib/haraka/last-reply'
import { tooSlow } from '../lib/haraka/replies'
import { isAtWork, isEnding, isReceiving } from '../lib/haraka/session-state'
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

/** Ends the sessions of clients that only hold their connection, with 421. */
export function endSlowSessions({ sessions, clock, timeoutMs, isStressed }: SlowSessionsOptions): void {
  const progress = new WeakMap<HarakaConnection, Progress>()
  const progressOf = (session: HarakaConnection, now: number): Progress => {
    const before = progress.get(session)
    const count = progressCount(session)
    if (before?.count === count) return before
    const fresh = { count, at: now }
    progress.set(session, fresh)
    return fresh
  }
  setInterval(() => {
    const now = clock.monotonic()
    const terms = { now, timeoutMs: timeoutMs(), isStressed: isStressed() }
    for (const session of sessions) {
      const standing = standingOf(session, progressOf(session, now).at)
      if (!isEnding(session) && isTooSlow(standing, terms)) end(session)
    }
  }, SWEEP_MS).unref()
}

const standingOf = (session: HarakaConnection, progressAt: number): Standing => ({
  turn: isAtWork(session) ? 'ours' : isReceiving(session) ? 'message' : 'command',
  since: lastReplyAt(session),
  bytes: session.transaction?.data_bytes ?? 0,
  progressAt,
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
