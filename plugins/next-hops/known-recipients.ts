import type { Clock } from '../lib/clock'
import type { Answer } from './delivery'

/**
 * What next hops said about recipients lately. Refusals spare a next hop those who guess addresses; acceptances
 * are enough for mail that is queued. Both end soon: mailboxes come and go.
 */
export interface KnownRecipients {
  get(nextHop: string, recipient: string): Answer | undefined
  remember(nextHop: string, recipient: string, answer: Answer): void
}

const ACCEPTED_MS = 600_000
const REFUSED_MS = 60_000
const MAX_KNOWN = 20_000

export function createKnownRecipients(clock: Clock, maxKnown = MAX_KNOWN): KnownRecipients {
  const known = new Map<string, { readonly answer: Answer; readonly endsAt: number }>()
  const keyOf = (nextHop: string, recipient: string): string => `${nextHop}\n${recipient}`
  return {
    get(nextHop, recipient) {
      const key = keyOf(nextHop, recipient)
      const entry = known.get(key)
      if (entry && entry.endsAt > clock.monotonic()) return entry.answer
      known.delete(key)
      return undefined
    },
    remember(nextHop, recipient, answer) {
      const forMs = answer.kind === 'accepted' ? ACCEPTED_MS : isUnknownMailbox(answer) ? REFUSED_MS : 0
      if (forMs === 0) return
      const key = keyOf(nextHop, recipient)
      // Behind the others: the oldest make room.
      known.delete(key)
      known.set(key, { answer, endsAt: clock.monotonic() + forMs })
      const [oldest] = known.keys()
      if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
    },
  }
}

/**
 * Refused for what it is, not for who sends (RFC 3463 3.2): 5.7.x and a bare 550 may be about this client or
 * sender and hold for nobody else.
 */
export function isUnknownMailbox(answer: Answer): boolean {
  return (
    answer.kind === 'refused' && answer.reply.code >= 500 && /^5\.1\.(?:1|6|10)$/.test(answer.reply.enhanced)
  )
}
