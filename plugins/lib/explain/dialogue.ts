import type { MemorySocket } from '../haraka/memory-socket'
import type { Exchange, Stage } from './step'
import type { WireMessage } from './wire'

export interface DialogueOptions {
  readonly helo: string
  /** Bare addresses; the empty one is the null sender. */
  readonly from: string
  readonly to: readonly string[]
  readonly message: WireMessage
  /** Called once the server has answered EHLO. */
  onGreeted(): void
  onExchange(exchange: Exchange): void
}

const REF = /\(ref ([0-9A-HJKMNP-TV-Z]{6})\)/

/** The client's part of a session with one message: it ends with the first answer that leaves nothing to do. */
export async function converse(peer: MemorySocket, options: DialogueOptions): Promise<void> {
  const { helo, from, to, message } = options
  const exchange = async (stage: Stage, command?: string, bytes?: Buffer): Promise<string> => {
    const began = performance.now()
    if (command !== undefined) await peer.send(Buffer.from(`${command}\r\n`))
    if (bytes) await peer.send(bytes)
    const reply = (await peer.reply()) ?? '421 The session ended without a reply'
    const ref = REF.exec(reply)?.[1]
    const ms = Math.round((performance.now() - began) * 10) / 10
    options.onExchange({
      stage,
      ...(command !== undefined && { command }),
      reply,
      ...(ref !== undefined && { ref }),
      ms,
    })
    return reply
  }

  if (!isPositive(await exchange('connect'))) return
  const offer = await exchange('EHLO', `EHLO ${helo}`)
  if (!isPositive(offer)) return
  options.onGreeted()
  if (!isPositive(await exchange('MAIL', `MAIL FROM:<${from}>${parameters(options, offer)}`))) return
  let isAnyTaken = false
  for (const recipient of to) {
    if (isPositive(await exchange('RCPT', `RCPT TO:<${recipient}>`))) isAnyTaken = true
  }
  if (!isAnyTaken || !isPositive(await exchange('DATA', 'DATA'))) return
  await exchange('message', undefined, message.bytes)
}

const isPositive = (reply: string): boolean => /^[23]/.test(reply)

/** What a mail server says about its message, as far as it is offered (RFC 1870, RFC 6152, RFC 6531). */
function parameters({ from, to, message }: DialogueOptions, offer: string): string {
  const isOffered = (keyword: string): boolean => new RegExp(`^250[ -]${keyword}\\b`, 'm').test(offer)
  const isUtf8 = /[^\x20-\x7e]/.test([from, ...to].join(''))
  return [
    isOffered('SIZE') ? ` SIZE=${message.size}` : '',
    message.isEightBit && isOffered('8BITMIME') ? ' BODY=8BITMIME' : '',
    isUtf8 && isOffered('SMTPUTF8') ? ' SMTPUTF8' : '',
  ].join('')
}
