import type { Readable } from 'node:stream'
import type { Channel } from './channel'
import { SmtpError } from './error'
import type { SmtpReply } from './reply'

export interface TransmissionDeadlines {
  /** How long the server may take no further byte of the message. */
  readonly stallMs: number
  /** How long the server may think about the whole message. */
  readonly answerMs: number
}

/**
 * Sends a message and waits for the answer to its final dot. `wire` is the message as it travels: lines
 * end in CRLF, dots are stuffed, the last line is the lone dot. A source that breaks off never gets as far
 * as its dot, so that half a message is never taken for a whole one.
 */
export async function transmit(
  channel: Channel,
  wire: Readable,
  { stallMs, answerMs }: TransmissionDeadlines,
): Promise<SmtpReply> {
  const progress = { sent: false }
  const stalled = (): void => {
    channel.expire(stallMs)
  }
  const brokeOff = (): void => {
    if (!progress.sent) channel.close(new SmtpError('closed', 'the message broke off'))
  }
  // The answer is awaited from the first byte on: a server may give up in the middle.
  const answer = channel.reply()
  const socket = channel.socket()
  socket.setTimeout(stallMs).on('timeout', stalled)
  wire.on('error', brokeOff).once('close', brokeOff)
  wire.once('end', () => {
    progress.sent = true
    socket.setTimeout(0)
    channel.limit(answerMs)
  })
  wire.pipe(socket, { end: false })
  try {
    const reply = await answer
    if (progress.sent) return reply
    // Half a message is out: this connection is of no more use.
    channel.close()
    if (reply.code >= 400) return reply
    throw new SmtpError('protocol', 'the server accepted the message before its end')
  } finally {
    socket.setTimeout(0).off('timeout', stalled)
    wire.unpipe(socket)
    wire.destroy()
  }
}
