import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { TestCertificate } from './certificate'

/**
 * A next hop that does what a test tells it to: answers, hesitates, hangs up or talks nonsense at any stage.
 * It keeps what it was told, messages byte for byte.
 */
export interface TestSmtpServer {
  readonly host: string
  readonly port: number
  readonly sessions: readonly TestSmtpSession[]
  /** Every message taken, in wire form: dots stuffed, without the final dot. */
  messages(): Buffer[]
  /** All commands of all sessions. */
  commands(): string[]
  /** Sessions whose connection still stands. */
  openSessions(): number
  close(): Promise<void>
}

export interface TestSmtpSession {
  readonly commands: string[]
  readonly messages: Buffer[]
  secured: boolean
  open: boolean
}

/** A reply (CRLF is added; it may hold several lines), or something worse. */
export type Act =
  | string
  /** No answer, ever. */
  | { readonly kind: 'silence' }
  /** The connection ends, after a last word or without. */
  | { readonly kind: 'hang-up'; readonly reply?: string }
  /** Bytes as they are. */
  | { readonly kind: 'bytes'; readonly bytes: string | Buffer }
  | { readonly kind: 'later'; readonly afterMs: number; readonly reply: string }

export type Script = Act | ((line: string, session: TestSmtpSession) => Act)

/** `connect` is the greeting, `message` the answer to the final dot, the others are verbs. */
export type Stage =
  | 'connect'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'message'
  | 'RSET'
  | 'QUIT'
  /** A line that is no command: answers to AUTH LOGIN. */
  | 'other'

export interface TestSmtpServerOptions {
  readonly script?: Partial<Record<Stage, Script>>
  /** Keywords offered in EHLO. */
  readonly offers?: readonly string[]
  /** Offers STARTTLS when there is one. */
  readonly certificate?: TestCertificate
  /** Reads no byte of the message before this resolves. */
  readonly readMessageAfter?: Promise<void>
  /** Answers `message` and hangs up after that many bytes of it. */
  readonly interruptMessageAfterBytes?: number
  /** Default: a free one. Give the old one to bring a closed server back. */
  readonly port?: number
  /** Takes each message before it is answered; then nothing is kept here, which a long run could not afford. */
  readonly onMessage?: (message: Buffer, session: TestSmtpSession) => void
}

export const silence: Act = { kind: 'silence' }
export const hangUp = (reply?: string): Act => ({ kind: 'hang-up', ...(reply !== undefined && { reply }) })

const DEFAULTS: Record<Stage, string> = {
  connect: '220 hop.test ESMTP',
  EHLO: '250 hop.test',
  HELO: '250 hop.test',
  STARTTLS: '220 2.0.0 Go ahead',
  AUTH: '235 2.7.0 Welcome',
  MAIL: '250 2.1.0 Sender ok',
  RCPT: '250 2.1.5 Recipient ok',
  DATA: '354 Go on',
  message: '250 2.0.0 Queued as T1',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
  other: '500 5.5.2 What?',
}

const END_OF_MESSAGE = Buffer.from('\r\n.\r\n')

export async function startSmtpServer(options: TestSmtpServerOptions = {}): Promise<TestSmtpServer> {
  const sessions: TestSmtpSession[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    const session: TestSmtpSession = { commands: [], messages: [], secured: false, open: true }
    if (!options.onMessage) sessions.push(session)
    sockets.add(socket)
    socket.on('close', () => {
      session.open = false
      sockets.delete(socket)
    })
    serve(socket, session, options)
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: '127.0.0.1',
    port,
    sessions,
    messages: () => sessions.flatMap((session) => session.messages),
    commands: () => sessions.flatMap((session) => session.commands),
    openSessions: () => sessions.filter((session) => session.open).length,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serve(plain: Socket, session: TestSmtpSession, options: TestSmtpServerOptions): void {
  let socket = plain
  let input: Buffer = Buffer.alloc(0)
  let message: { chunks: Buffer[]; bytes: number } | undefined

  const act = (stage: Stage, line: string): void => {
    const scripted =
      options.script?.[stage] ?? (stage === 'EHLO' ? ehloReply(options, session) : DEFAULTS[stage])
    const what = typeof scripted === 'function' ? scripted(line, session) : scripted
    perform(socket, what)
    if (stage === 'DATA' && typeof what === 'string' && what.startsWith('354')) startMessage()
    if (stage === 'STARTTLS' && options.certificate && !session.secured) secure(options.certificate)
    if (stage === 'QUIT') socket.end()
  }
  const startMessage = (): void => {
    // The line end before the message, so that a final dot right at its start is seen.
    message = { chunks: [Buffer.from('\r\n')], bytes: 0 }
    if (!options.readMessageAfter) return
    socket.pause()
    void options.readMessageAfter.then(() => socket.resume())
  }
  const takeMessage = (chunk: Buffer): void => {
    if (!message) return
    message.chunks.push(chunk)
    message.bytes += chunk.length
    if (message.bytes > (options.interruptMessageAfterBytes ?? Infinity)) {
      message = undefined
      act('message', '')
      socket.end()
      return
    }
    // Only the tail can hold the final dot: looking through all of it each time would be quadratic.
    const tail = Buffer.concat(message.chunks.slice(-6))
    const end = tail.indexOf(END_OF_MESSAGE)
    if (end === -1) return
    const all = Buffer.concat(message.chunks)
    const offset = all.length - tail.length + end
    keep(all.subarray(2, offset + 2), session)
    input = all.subarray(offset + END_OF_MESSAGE.length)
    message = undefined
    act('message', '')
  }
  const receive = (chunk: Buffer): void => {
    if (message) {
      takeMessage(chunk)
      return
    }
    input = Buffer.concat([input, chunk])
    for (let end = input.indexOf('\n'); end !== -1; end = input.indexOf('\n')) {
      const line = input.toString('utf8', 0, end).replace(/\r$/, '')
      input = input.subarray(end + 1)
      if (!options.onMessage) session.commands.push(line)
      act(stageOf(line), line)
    }
  }
  const keep = options.onMessage ?? ((bytes: Buffer) => void session.messages.push(bytes))
  const secure = (certificate: TestCertificate): void => {
    plain.off('data', receive)
    input = Buffer.alloc(0)
    const context = createSecureContext({ key: certificate.key, cert: certificate.certificate })
    socket = new TLSSocket(plain, { isServer: true, secureContext: context })
    socket.on('secure', () => (session.secured = true))
    listen(socket)
  }
  const listen = (to: Socket): void => {
    to.on('data', receive)
    to.on('error', () => to.destroy())
  }
  listen(plain)
  act('connect', '')
}

function perform(socket: Socket, what: Act): void {
  if (typeof what === 'string') {
    socket.write(`${what}\r\n`)
    return
  }
  switch (what.kind) {
    case 'silence':
      return
    case 'hang-up':
      if (what.reply === undefined) socket.destroy()
      else socket.end(`${what.reply}\r\n`)
      return
    case 'bytes':
      socket.write(what.bytes)
      return
    case 'later':
      setTimeout(() => socket.write(`${what.reply}\r\n`), what.afterMs).unref()
  }
}

function ehloReply({ offers, certificate }: TestSmtpServerOptions, { secured }: TestSmtpSession): string {
  const keywords = [...(offers ?? ['SIZE 50000000', '8BITMIME', 'SMTPUTF8'])]
  if (certificate && !secured) keywords.push('STARTTLS')
  const lines = ['hop.test', ...keywords]
  return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n')
}

function stageOf(line: string): Stage {
  const verb = (line.split(' ')[0] ?? '').toUpperCase()
  const isVerb = verb in DEFAULTS && verb !== 'connect' && verb !== 'message' && verb !== 'other'
  return isVerb ? (verb as Stage) : 'other'
}
