import { nextHopConfused, printable, reply as replyWith, type Reply } from '../lib/haraka/replies'
import { describeReply, type SmtpReply } from '../lib/smtp/reply'

/**
 * Refusals of our commands themselves (RFC 5321 4.2.2, RFC 4954 6): we or the next hop are set up wrong,
 * and no sender shall suffer for it.
 */
const OUR_FAULT = new Set([500, 501, 502, 503, 504, 530, 534, 535, 538, 555])

export const isOurFault = (reply: SmtpReply): boolean => OUR_FAULT.has(reply.code)

/** The next hop's refusal in its own words. */
export function passedOn(reply: SmtpReply): Reply {
  if (isOurFault(reply) || reply.code < 400) return nextHopConfused()
  const text = reply.lines.join(' ')
  // 421 would announce that we close the connection; only the next hop does.
  if (reply.code === 421) return replyWith(451, reply.enhanced ?? '4.3.2', text)
  return replyWith(reply.code, reply.enhanced ?? `${Math.floor(reply.code / 100)}.0.0`, text)
}

/** The next hop's words of acceptance: `2.0.0 Ok: queued as 1234`. */
export const acceptance = (reply: SmtpReply): string => printable(describeReply(reply))
