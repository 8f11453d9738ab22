import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { noCapabilities, parseCapabilities, type Capabilities } from './capabilities'
import { openChannel, type Channel } from './channel'
import { SmtpError } from './error'
import { describeReply, isPositive, type SmtpReply } from './reply'
import { transmit } from './transmission'

/**
 * An SMTP client session that is led command by command, so that RCPT can be asked of a next hop while the
 * client's own RCPT waits. Refusals are replies; only a session that cannot be had or is lost throws.
 */
export interface SmtpSession {
  readonly capabilities: Capabilities
  readonly secured: boolean
  isOpen(): boolean
  /** The last message was answered, and no transaction has begun since. */
  isBetweenMessages(): boolean
  mail(sender: string, parameters?: readonly string[]): Promise<SmtpReply>
  rcpt(recipient: string, parameters?: readonly string[]): Promise<SmtpReply>
  /** `wire`: lines end in CRLF, dots are stuffed, the last line is the lone dot. */
  data(wire: Readable): Promise<SmtpReply>
  rset(): Promise<SmtpReply>
  /** Says QUIT and is gone soon after, whatever the server does. Never fails. */
  quit(): Promise<void>
  close(): void
}

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /**
   * `opportunistic` encrypts without looking at the certificate and goes on in clear where TLS fails.
   * `required` never goes on in clear, and the certificate must be valid for a host given by name; one
   * given by address is encrypted to, not verified.
   */
  readonly tls: 'off' | 'opportunistic' | 'required'
  readonly auth?: { readonly user: string; readonly password: string } | undefined
  /** Our name in EHLO. */
  readonly helloName: string
  /** For everything up to a session that is ready for MAIL. */
  readonly connectTimeoutMs: number
  /** For each reply after that. */
  readonly replyTimeoutMs: number
  /** For the reply to the final dot, when the server may scan the message. Default: five times the others. */
  readonly finalReplyTimeoutMs?: number
  /** Gives up connecting. */
  readonly signal?: AbortSignal
  /** Trusted certificates (PEM) instead of Node's. */
  readonly ca?: string
  /** Runs each stage, for those who want to see them. */
  readonly stage?: RunStage
}

export type SmtpStage = 'connect' | 'EHLO' | 'STARTTLS' | 'AUTH'
export type RunStage = <Result>(name: SmtpStage, run: () => Promise<Result>) => Promise<Result>

const QUIT_TIMEOUT_MS = 2000

export async function connectSmtp(options: SmtpOptions): Promise<SmtpSession> {
  const deadline = performance.now() + options.connectTimeoutMs
  try {
    return await openSession(options, options.tls !== 'off', deadline)
  } catch (error) {
    const canGoClear = options.tls === 'opportunistic' && error instanceof SmtpError && error.kind === 'tls'
    if (!canGoClear || options.signal?.aborted) throw error
    return await openSession(options, false, deadline)
  }
}

async function openSession(options: SmtpOptions, withTls: boolean, deadline: number): Promise<SmtpSession> {
  const remainingMs = (): number => Math.max(1, deadline - performance.now())
  const stage: RunStage = options.stage ?? ((_name, run) => run())
  const channel = openChannel(options.host, options.port)
  const abort = (): void => {
    channel.close(new SmtpError('connect', 'given up'))
  }
  options.signal?.addEventListener('abort', abort, { once: true })
  if (options.signal?.aborted) abort()
  try {
    await stage('connect', async () => {
      expectPositive('greeting', await channel.reply(remainingMs()))
    })
    const hello = (): Promise<Capabilities> => sayHello(channel, options.helloName, remainingMs)
    let capabilities = await stage('EHLO', hello)
    const secured =
      withTls && (await stage('STARTTLS', () => startTls(channel, options, capabilities, remainingMs)))
    if (secured) capabilities = await stage('EHLO', hello)
    if (options.auth) await stage('AUTH', () => signIn(channel, options, secured, capabilities, remainingMs))
    return createSession(channel, options, capabilities, secured)
  } catch (error) {
    channel.close()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', abort)
  }
}

/** EHLO, or HELO for a server that does not know it (RFC 5321 3.2). */
async function sayHello(channel: Channel, name: string, remainingMs: () => number): Promise<Capabilities> {
  const ehlo = await channel.command(`EHLO ${name}`, remainingMs())
  if (isPositive(ehlo)) return parseCapabilities(ehlo)
  if (ehlo.code < 500) expectPositive('EHLO', ehlo)
  expectPositive('HELO', await channel.command(`HELO ${name}`, remainingMs()))
  return noCapabilities
}

async function startTls(
  channel: Channel,
  options: SmtpOptions,
  capabilities: Capabilities,
  remainingMs: () => number,
): Promise<boolean> {
  const required = options.tls === 'required'
  if (!capabilities.startTls) {
    if (required) throw new SmtpError('tls', 'TLS is required, but the server does not offer STARTTLS')
    return false
  }
  const reply = await channel.command('STARTTLS', remainingMs())
  if (!isPositive(reply)) {
    if (required)
      throw new SmtpError('tls', `TLS is required, but STARTTLS was refused: ${plainWords(reply)}`)
    return false
  }
  const named = isIP(options.host) === 0
  await channel.secure(
    {
      ...(named && { servername: options.host }),
      ...(options.ca !== undefined && { ca: options.ca }),
      rejectUnauthorized: required && named,
    },
    // Half of the time is left for going on in clear.
    required ? remainingMs() : remainingMs() / 2,
  )
  return true
}

/** AUTH PLAIN (RFC 4616) or LOGIN. */
async function signIn(
  channel: Channel,
  { auth, tls }: SmtpOptions,
  secured: boolean,
  { auth: mechanisms }: Capabilities,
  remainingMs: () => number,
): Promise<void> {
  if (!auth) return
  // Whoever strips STARTTLS must not get the password for it.
  if (!secured && tls !== 'off') throw new SmtpError('auth', 'the password is not sent without TLS')
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const say = (line: string): Promise<SmtpReply> => channel.command(line, remainingMs())
  let reply: SmtpReply
  if (mechanisms.includes('PLAIN')) {
    reply = await say(`AUTH PLAIN ${base64(`\0${auth.user}\0${auth.password}`)}`)
  } else if (mechanisms.includes('LOGIN')) {
    reply = await say('AUTH LOGIN')
    if (reply.code === 334) reply = await say(base64(auth.user))
    if (reply.code === 334) reply = await say(base64(auth.password))
  } else {
    throw new SmtpError('auth', 'the server offers neither AUTH PLAIN nor AUTH LOGIN')
  }
  // The server's words could repeat what was sent: only its code is told.
  if (!isPositive(reply)) throw new SmtpError('auth', `the server refused user and password (${reply.code})`)
}

function createSession(
  channel: Channel,
  options: SmtpOptions,
  capabilities: Capabilities,
  secured: boolean,
): SmtpSession {
  const { replyTimeoutMs, finalReplyTimeoutMs = 5 * replyTimeoutMs } = options
  const command = (line: string): Promise<SmtpReply> => channel.command(line, replyTimeoutMs)
  let isBetweenMessages = false
  return {
    capabilities,
    secured,
    isOpen: () => channel.isOpen(),
    isBetweenMessages: () => isBetweenMessages,
    async mail(sender, parameters = []) {
      isBetweenMessages = false
      return command([`MAIL FROM:${path(sender)}`, ...parameters].join(' '))
    },
    rcpt: async (recipient, parameters = []) =>
      command([`RCPT TO:${path(recipient)}`, ...parameters].join(' ')),
    async data(wire) {
      const go = await command('DATA')
      if (go.code !== 354) {
        wire.destroy()
        if (go.code >= 400) return go
        throw new SmtpError('protocol', `the server answered DATA with ${go.code}`)
      }
      const reply = await transmit(channel, wire, { stallMs: replyTimeoutMs, answerMs: finalReplyTimeoutMs })
      isBetweenMessages = true
      return reply
    },
    rset: () => command('RSET'),
    async quit() {
      await channel.command('QUIT', QUIT_TIMEOUT_MS).catch(() => undefined)
      channel.close()
    },
    close() {
      channel.close()
    },
  }
}

/** A path that cannot end its command line or itself early; a quoted local part may hold `<` and `>`. */
function path(address: string): string {
  const unquoted = address.replace(/^"(?:[^"\\]|\\.)*"(?=@|$)/, '')
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(address) || /[<> ]/.test(unquoted)) {
    throw new SmtpError('address', 'an address that would end its command early')
  }
  return `<${address}>`
}

function expectPositive(what: string, reply: SmtpReply): void {
  if (!isPositive(reply)) throw new SmtpError('refused', `${what} was refused: ${plainWords(reply)}`)
}

const plainWords = (reply: SmtpReply): string =>
  `${reply.code} ${describeReply(reply)}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 300)
