import type { SmtpSession } from '../lib/smtp/client'

/**
 * Sessions that have delivered their message and are open for the next one: to connect, shake hands and say hello
 * costs more than all of a small message. They wait for a moment only, since next hops count their connections.
 */
export interface IdleSessions {
  /** The one that was used last. */
  take(): SmtpSession | undefined
  /** Keeps the session if another transaction can begin on it, or ends it. */
  give(session: SmtpSession): void
}

/** Postfix keeps them for as long (smtp_connection_cache_time_limit). */
const IDLE_MS = 2000
const MAX_IDLE = 4
/** Some servers end a session after a hundred messages. */
const MAX_USES = 50

export function createIdleSessions(idleMs = IDLE_MS, maxUses = MAX_USES): IdleSessions {
  const idle: { readonly session: SmtpSession; readonly timer: NodeJS.Timeout }[] = []
  const uses = new WeakMap<SmtpSession, number>()

  const end = (session: SmtpSession): void => {
    const index = idle.findIndex((entry) => entry.session === session)
    if (index !== -1) idle.splice(index, 1)
    void session.quit()
  }

  return {
    take() {
      for (let entry = idle.pop(); entry; entry = idle.pop()) {
        clearTimeout(entry.timer)
        if (entry.session.isOpen()) return entry.session
      }
      return undefined
    },
    give(session) {
      const used = (uses.get(session) ?? 0) + 1
      uses.set(session, used)
      const isUseful = session.isOpen() && session.isBetweenMessages()
      if (!isUseful || used >= maxUses || idle.length >= MAX_IDLE) end(session)
      else idle.push({ session, timer: setTimeout(end, idleMs, session).unref() })
    },
  }
}
