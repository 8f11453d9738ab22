import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A client that speaks SMTP line by line, so that a test reads like the transcript of a session. */
export interface SmtpClient {
  /** Sends one command and returns the reply, its lines joined by \n. */
  send(command: string): Promise<string>
  /** Sends bytes as they are. */
  write(bytes: string | Buffer): void
  /** The same, and waits until they have left this process. */
  drained(bytes: string | Buffer): Promise<void>
  /** The next reply. */
  reply(): Promise<string>
  /** Upgrades after the reply to STARTTLS. */
  startTls(): Promise<void>
  /** SHA-256 fingerprint of the certificate that the server showed. */
  fingerprint(): string
  /** EHLO, MAIL, RCPT, DATA, message, and the last reply: the first refusal ends it. */
  sendMail(mail: {
    from: string
    to: string | readonly string[]
    message: string
    helo?: string
    /** Called when the message is about to end: from now on it may be taken without a reply that says so. */
    onFinalDot?: () => void
  }): Promise<string>
  closed(): Promise<void>
  close(): void
}

export interface SmtpClientOptions {
  readonly port: number
  /** Client address told through the PROXY protocol. */
  readonly ip?: string
  readonly tls?: boolean
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Address to connect from; default: what the system takes. */
  readonly localAddress?: string
  /** Name to ask for in the TLS handshake (SNI). */
  readonly servername?: string
}

export function connectSmtp({ port, ip, tls, servername, ...options }: SmtpClientOptions): SmtpClient {
  const peer = { port, host: '127.0.0.1', ...options }
  const tlsOptions = { rejectUnauthorized: false, ...(servername !== undefined && { servername }) }
  let secure = tls ? connectTls({ ...peer, ...tlsOptions }) : undefined
  let socket: Socket = secure ?? connect(peer)
  const replies = replyReader()
  replies.attach(socket)
  if (ip) {
    const family = ip.includes(':') ? 'TCP6' : 'TCP4'
    const local = ip.includes(':') ? '::1' : '127.0.0.1'
    socket.write(`PROXY ${family} ${ip} ${local} 40000 25\r\n`)
  }

  const client: SmtpClient = {
    send(command) {
      socket.write(`${command}\r\n`)
      return replies.next()
    },
    write: (bytes) => socket.write(bytes),
    drained: (bytes) =>
      new Promise((resolve) => {
        socket.write(bytes, () => {
          resolve()
        })
      }),
    reply: () => replies.next(),
    startTls: () =>
      new Promise((resolve, reject) => {
        socket.removeAllListeners('data')
        secure = connectTls({ socket, ...tlsOptions }, resolve)
        secure.once('error', reject)
        socket = secure
        replies.attach(secure)
      }),
    fingerprint: () => secure?.getPeerCertificate().fingerprint256 ?? '',
    async sendMail({ from, to, message, helo = 'client.example.org', onFinalDot }) {
      for (const command of [
        `EHLO ${helo}`,
        `MAIL FROM:<${from}>`,
        ...[to].flat().map((recipient) => `RCPT TO:<${recipient}>`),
        'DATA',
      ]) {
        const reply = await client.send(command)
        if (!/^[23]/.test(reply)) return reply
      }
      // The message ends with a line break of its own.
      socket.write(message.replace(/^\./gm, '..').replace(/\r?\n/g, '\r\n'))
      onFinalDot?.()
      return client.send('.')
    },
    closed: () => replies.closed,
    close: () => socket.destroy(),
  }
  return client
}

/** Opens a session and reads the greeting. */
export async function greetedSmtp(options: SmtpClientOptions): Promise<SmtpClient & { greeting: string }> {
  const client = connectSmtp(options)
  return Object.assign(client, { greeting: await client.reply() })
}

function replyReader() {
  const ready: string[] = []
  const waiting: ((reply: string) => void)[] = []
  let buffered = ''
  let lines: string[] = []
  let ended = false
  let onClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => (onClosed = resolve))
  const push = (reply: string): void => {
    const waiter = waiting.shift()
    if (waiter) waiter(reply)
    else ready.push(reply)
  }
  const onData = (chunk: Buffer): void => {
    buffered += chunk.toString('latin1')
    for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
      const line = buffered.slice(0, end)
      buffered = buffered.slice(end + 2)
      lines.push(line)
      if (!/^\d{3}-/.test(line)) {
        push(lines.join('\n'))
        lines = []
      }
    }
  }
  return {
    closed,
    attach(socket: Socket): void {
      socket.on('data', onData)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        ended = true
        onClosed()
        while (waiting.length > 0) push('(connection closed)')
      })
    },
    next: (): Promise<string> => {
      const reply = ready.shift()
      if (reply !== undefined) return Promise.resolve(reply)
      if (ended) return Promise.resolve('(connection closed)')
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
