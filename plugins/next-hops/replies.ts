import type { Reply } from '../lib/haraka/replies'
import { describeReply, type SmtpReply } from '../lib/smtp/reply'

export const connectionLost = (): Reply => ({
  code: 451,
  enhanced: '4.4.2',
  text: 'The connection to the next hop broke, please try again later',
})

export const nextHopConfused = (): Reply => ({
  code: 451,
  enhanced: '4.3.5',
  text: 'The next hop is not set up for this, please try again later',
})

export const recipientsChanged = (): Reply => ({
  code: 451,
  enhanced: '4.4.2',
  text: 'The next hop no longer takes all recipients, please try again',
})

/** RFC 6531 3.5 */
export const needsSmtpUtf8 = (): Reply => ({
  code: 550,
  enhanced: '5.6.7',
  text: 'SMTPUTF8 required, but not supported by the next hop',
})

export const badAddress = (): Reply => ({
  code: 550,
  enhanced: '5.1.3',
  text: 'The next hop cannot be given this address',
})

export const storageFull = (): Reply => ({
  code: 452,
  enhanced: '4.3.1',
  text: 'Insufficient system storage',
})

export const storageFailed = (): Reply => ({
  code: 451,
  enhanced: '4.3.0',
  text: 'The message cannot be stored now, please try again later',
})

/**
 * Refusals of our commands themselves (RFC 5321 4.2.2, RFC 4954 6): we or the next hop are set up wrong,
 * and no sender shall suffer for it.
 */
const OUR_FAULT = new Set([500, 501, 502, 503, 504, 530, 534, 535, 538, 555])

export const isOurFault = (reply: SmtpReply): boolean => OUR_FAULT.has(reply.code)

/** The next hop's refusal in its own words. */
export function passedOn(reply: SmtpReply): Reply {
  if (isOurFault(reply)) return nextHopConfused()
  const text = wordsOf(reply.lines.join(' '))
  // 421 would announce that we close the connection; only the next hop does.
  if (reply.code === 421) return { code: 451, enhanced: reply.enhanced ?? '4.3.2', text }
  if (reply.code < 400) return nextHopConfused()
  return { code: reply.code, enhanced: reply.enhanced ?? `${Math.floor(reply.code / 100)}.0.0`, text }
}

/** The next hop's words of acceptance: `2.0.0 Ok: queued as 1234`. */
export const acceptance = (reply: SmtpReply): string => wordsOf(describeReply(reply))

/** One line of printable ASCII that fits into a reply (RFC 5321 4.5.3.1.5). */
function wordsOf(text: string): string {
  return (
    text
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 400)
      .trim() || 'No reason given'
  )
}
