import { connect, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { SmtpError, type SmtpFailure } from './error'
import { createExpectation } from './expectation'
import { shakeHands } from './handshake'
import { createReplyReader, type SmtpReply } from './reply'

/**
 * One connection to a server: a command goes out, its reply comes back or the channel fails. After a
 * failure every call rejects with it, and the socket is gone.
 */
export interface Channel {
  /** What bytes go through: the TCP socket, or TLS over it. */
  socket(): Socket
  isOpen(): boolean
  /** The next reply; without a deadline until `limit` sets one. */
  reply(deadlineMs?: number): Promise<SmtpReply>
  limit(deadlineMs: number): void
  command(line: string, deadlineMs: number): Promise<SmtpReply>
  /** TLS from here on. */
  secure(options: ConnectionOptions, deadlineMs: number): Promise<void>
  /** The deadline has passed. */
  expire(deadlineMs: number): void
  close(reason?: SmtpError): void
}

const closedByUs = new SmtpError('closed', 'closed by us')

export function openChannel(host: string, port: number): Channel {
  const plain = connect({ host, port, noDelay: true, keepAlive: true })
  let socket: Socket = plain
  let reader = createReplyReader()
  let failure: SmtpError | undefined
  /** What a socket error means at this stage. */
  let stage: SmtpFailure = 'connect'

  const close = (reason = closedByUs): void => {
    failure ??= reason
    socket.destroy()
    plain.destroy()
    expectation.reject(failure)
  }
  const expire = (deadlineMs: number): void => {
    close(new SmtpError('timeout', `no answer within ${(deadlineMs / 1000).toFixed(1)} s`))
  }
  const expectation = createExpectation(expire)
  const receive = (chunk: Buffer): void => {
    try {
      for (const reply of reader.read(chunk)) {
        if (!expectation.fulfil(reply)) close(unexpected(reply))
      }
    } catch (error) {
      close(error instanceof SmtpError ? error : new SmtpError('protocol', String(error)))
    }
  }
  const attach = (to: Socket): void => {
    socket = to
    socket.on('data', receive)
    // The listeners stay: a destroyed socket may still have an error to tell.
    socket.on('error', (error) => {
      close(new SmtpError(stage, error.message))
    })
    socket.on('close', () => {
      // An error is dear: it takes the stack down.
      if (!failure) close(new SmtpError(stage, 'the server closed the connection'))
    })
  }
  const reply = (deadlineMs?: number): Promise<SmtpReply> =>
    failure ? Promise.reject(failure) : expectation.open(deadlineMs)

  attach(plain)
  plain.once('connect', () => (stage = 'closed'))

  return {
    socket: () => socket,
    isOpen: () => failure === undefined,
    reply,
    limit: expectation.limit,
    expire,
    close,
    command(line, deadlineMs) {
      const answer = reply(deadlineMs)
      if (!failure) socket.write(`${line}\r\n`)
      return answer
    },
    async secure(options, deadlineMs) {
      // Replies slipped in before TLS would count as sent under it.
      if (!reader.isEmpty()) close(new SmtpError('protocol', 'plain text after the answer to STARTTLS'))
      if (failure) throw failure
      plain.off('data', receive)
      reader = createReplyReader()
      attach(await shakeHands(plain, options, deadlineMs))
    },
  }
}

/** Nobody asked: the server says goodbye (RFC 5321 3.8), or questions and answers are out of step. */
function unexpected(reply: SmtpReply): SmtpError {
  return reply.code === 421
    ? new SmtpError('closed', 'the server closes the connection')
    : new SmtpError('protocol', 'an answer nobody asked for')
}
