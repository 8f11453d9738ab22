import type { Readable } from 'node:stream'
import { domainToASCII } from 'node:url'
import {
  badAddress,
  connectionLost,
  needsSmtpUtf8,
  nextHopUnavailable,
  recipientsChanged,
  type Reply,
} from '../lib/haraka/replies'
import { errorText } from '../lib/error-text'
import type { Log } from '../lib/log'
import type { SmtpSession } from '../lib/smtp/client'
import { SmtpError } from '../lib/smtp/error'
import { describeReply, isPositive, type SmtpReply } from '../lib/smtp/reply'
import type { Connect } from './connector'
import { accepted, refused, type Answer, type Delivery, type Envelope } from './delivery'
import type { IdleSessions } from './idle-sessions'
import { acceptance, isOurFault, passedOn } from './replies'

/** Ends the transaction with this next hop: every further recipient gets the same reply. */
class Refusal extends Error {
  constructor(readonly reply: Reply) {
    super(reply.text)
  }
}

/**
 * Forwards one transaction inline: each RCPT is asked of the next hop while the client's RCPT waits, and the
 * message is accepted by nobody but the next hop. Nothing is stored here, so nothing can be lost here.
 */
export function openForwarding(
  name: string,
  envelope: Envelope,
  connect: Connect,
  log: Log,
  idle?: IdleSessions,
): Delivery {
  const passOn = createPassOn(name, log)
  let recipients: readonly string[] = []
  const hop = keepSession(connect, idle, (session) =>
    begin(session, envelope, recipients, (reply) => passOn('MAIL', reply)),
  )
  let verdict: Reply | undefined

  const answer = async (task: (session: SmtpSession) => Promise<Answer>): Promise<Answer> => {
    if (verdict) return refused(verdict)
    try {
      return await hop.use(task)
    } catch (error) {
      const reply = faultReply(error)
      // A next hop that refuses or stays silent is not asked again for each of 100 recipients.
      if (isFinal(error)) verdict = reply
      if (!hop.isClosed() && !(error instanceof Refusal))
        log.warn(`next hop ${name}: ${describeError(error)}`)
      return refused(reply)
    }
  }

  return {
    addRecipient: (recipient) =>
      answer(async (current) => {
        const address = wireAddress(recipient, envelope, current)
        if (address === undefined) return refused(needsSmtpUtf8())
        const reply = await current.rcpt(address)
        if (!isPositive(reply)) return refused(passOn('RCPT', reply))
        recipients = [...recipients, recipient]
        return accepted(acceptance(reply))
      }),

    async deliver(wire: Readable, standing) {
      // A recipient that was refused after the next hop had taken it must not get the message.
      if (standing.join('\n') !== recipients.join('\n')) hop.renew()
      recipients = standing
      const result = await answer(async (current) => {
        const reply = await current.data(wire)
        return isPositive(reply) ? accepted(acceptance(reply)) : refused(passOn('DATA', reply))
      })
      wire.destroy()
      return result
    },

    close() {
      hop.close()
    },
  }
}

/**
 * One session at a time, opened when it is needed and anew when the next hop has hung up meanwhile. One that
 * another transaction has left is as good, until it says otherwise.
 */
function keepSession(
  connect: Connect,
  idle: IdleSessions | undefined,
  begin: (session: SmtpSession) => Promise<void>,
) {
  const ending = new AbortController()
  let session: SmtpSession | undefined
  let busy = false

  /** It may be refused for its age only, or be gone without our knowing: a fresh one is asked then. */
  const beginOnIdle = async (): Promise<boolean> => {
    session = ending.signal.aborted ? undefined : idle?.take()
    if (!session) return false
    try {
      await begin(session)
      return true
    } catch {
      session.close()
      return false
    }
  }

  const ready = async (): Promise<SmtpSession> => {
    if (session?.isOpen()) return session
    if ((await beginOnIdle()) && session) return session
    const fresh = await connect(ending.signal).catch(() => {
      throw new Refusal(nextHopUnavailable())
    })
    session = fresh
    try {
      if (ending.signal.aborted) throw new SmtpError('closed', 'the client has gone')
      await begin(fresh)
      return fresh
    } catch (error) {
      fresh.close()
      throw error
    }
  }

  return {
    isClosed: () => ending.signal.aborted,
    async use<Result>(task: (session: SmtpSession) => Promise<Result>): Promise<Result> {
      busy = true
      try {
        return await task(await ready())
      } finally {
        busy = false
      }
    },
    renew(): void {
      void session?.quit()
      session = undefined
    },
    close(): void {
      // A reason of its own, for the default is an error that takes the stack down.
      ending.abort('the client has gone')
      const ended = session
      // Another transaction may have it now: it must not be given away twice.
      if (!busy) session = undefined
      if (busy) ended?.close()
      else if (ended && idle) idle.give(ended)
      else void ended?.quit()
    },
  }
}

/** MAIL, and the recipients that an earlier session had accepted. */
async function begin(
  session: SmtpSession,
  envelope: Envelope,
  recipients: readonly string[],
  refusalOf: (reply: SmtpReply) => Reply,
): Promise<void> {
  const sender = wireAddress(envelope.sender, envelope, session)
  const unsupported = envelope.smtpUtf8 && !session.capabilities.smtpUtf8
  if (sender === undefined || unsupported) throw new Refusal(needsSmtpUtf8())
  const mail = await session.mail(sender, mailParameters(envelope, session))
  if (!isPositive(mail)) throw new Refusal(refusalOf(mail))
  for (const recipient of recipients) {
    const reply = await session.rcpt(wireAddress(recipient, envelope, session) ?? recipient)
    if (!isPositive(reply)) throw new Refusal(recipientsChanged())
  }
}

/**
 * What the client announced, as far as the next hop understands it. A next hop without 8BITMIME gets 8-bit
 * bodies as they are: converting them would break signatures, and servers pass them.
 */
function mailParameters({ size, eightBit, smtpUtf8 }: Envelope, { capabilities }: SmtpSession): string[] {
  return [
    ...(size !== undefined && capabilities.size ? [`SIZE=${size}`] : []),
    ...(eightBit && capabilities.eightBitMime ? ['BODY=8BITMIME'] : []),
    ...(smtpUtf8 ? ['SMTPUTF8'] : []),
  ]
}

/** Without SMTPUTF8 a domain can be written in A-labels; a local part has no other form. */
function wireAddress(
  address: string,
  { smtpUtf8 }: Envelope,
  { capabilities }: SmtpSession,
): string | undefined {
  if (isAscii(address) || (smtpUtf8 && capabilities.smtpUtf8)) return address
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = domainToASCII(address.slice(at + 1))
  return isAscii(local) && domain ? `${local}@${domain}` : undefined
}

/** The next hop's refusal for the client; one that is our fault is for the operator, too. */
function createPassOn(name: string, log: Log) {
  return (command: string, reply: SmtpReply): Reply => {
    if (isOurFault(reply))
      log.warn(`next hop ${name} refused ${command}: ${reply.code} ${describeReply(reply)}`)
    return passedOn(reply)
  }
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

const isFinal = (error: unknown): boolean =>
  error instanceof Refusal || (error instanceof SmtpError && error.kind === 'timeout')

function faultReply(error: unknown): Reply {
  if (error instanceof Refusal) return error.reply
  return error instanceof SmtpError && error.kind === 'address' ? badAddress() : connectionLost()
}

const describeError = (error: unknown): string =>
  error instanceof SmtpError ? error.message : errorText(error)
