import assert from 'node:assert/strict'
import { startGateway, type Gateway } from '../support/gateway'
import { connectSmtp, type SmtpClient } from '../support/smtp-client'
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server'

const LIMIT = 100_000
const hello = ['EHLO a.example.org']
const mail = [...hello, 'MAIL FROM:<anna@sender.example>']
const data = [...mail, 'RCPT TO:<bob@here.net>', 'DATA']
const lines = (text: string, count: number): string => `${text}\r\n`.repeat(count)
const multipart = (level: number): string =>
  `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`

interface TooMuch {
  readonly after: readonly string[]
  readonly bytes: string
  readonly reply: RegExp
}

/** What goes over each limit, and what is said about it. */
const tooMuch: Readonly<Record<string, TooMuch>> = {
  'a command line without an end': { after: hello, bytes: 'x'.repeat(5000), reply: /^521 / },
  'a command line': { after: hello, bytes: `NOOP ${'x'.repeat(600)}\r\n`, reply: /^5\d\d / },
  'a size that is told ahead': {
    after: hello,
    bytes: `MAIL FROM:<anna@sender.example> SIZE=${LIMIT + 1}\r\n`,
    reply: /^552 5\.3\.4 /,
  },
  'a size that cannot be': {
    after: hello,
    bytes: `MAIL FROM:<anna@sender.example> SIZE=${'9'.repeat(30)}\r\n`,
    reply: /^5\d\d /,
  },
  'a message': {
    after: data,
    bytes: `Subject: x\r\n\r\n${lines('y'.repeat(78), 2000)}.\r\n`,
    reply: /^552 5\.3\.4 /,
  },
  'a header of many lines': {
    after: data,
    bytes: `Subject: x\r\n${lines('X: y', 11_000)}\r\nx\r\n.\r\n`,
    reply: /^550 5\.6\.0 .*too many lines/,
  },
  'a header of many bytes': {
    after: data,
    bytes: `Subject: x\r\n${lines(` ${'y'.repeat(900)}`, 200)}\r\nx\r\n.\r\n`,
    reply: /^552 5\.3\.4 /,
  },
}

describe('more than a limit allows', function () {
  this.timeout(60_000)
  let hop: TestSmtpServer
  let gateway: Gateway
  const opened: SmtpClient[] = []

  before(async () => {
    hop = await startSmtpServer()
    gateway = await startGateway({
      nodes: 0,
      plugins: ['mail-core', 'size-limits', 'uri-lists', 'next-hops'].map((name) => `gateway/${name}`),
      settings: {
        dns: { servers: ['127.0.0.1:1'], timeout: 200 },
        message_size: { limit: LIMIT },
        next_hops: { 'here.net': { host: '127.0.0.1', port: hop.port, tls: 'off' } },
      },
    })
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
  })
  afterEach(async () => {
    for (const client of opened.splice(0)) client.close()
    // Whatever came, the next session is served.
    assert.match(await hand('Subject: fine\r\n\r\nHello\r\n'), /^250 /)
  })

  const at = async (commands: readonly string[]): Promise<SmtpClient> => {
    const client = await gateway.client('192.0.2.1')
    opened.push(client)
    for (const command of commands) assert.match(await client.send(command), /^[23]/)
    return client
  }
  const hand = async (message: string): Promise<string> => {
    const client = await at(data)
    client.write(message)
    return client.send('.')
  }

  for (const [name, { after: commands, bytes, reply }] of Object.entries(tooMuch)) {
    it(`is refused in words, and delivers nothing: ${name}`, async () => {
      const before = hop.messages().length
      const client = await at(commands)
      client.write(bytes)
      assert.match(await client.reply(), reply)
      assert.equal(hop.messages().length, before)
    })
  }

  it('of MIME parts inside each other is passed on as it is', async () => {
    const nested = `Subject: nested\r\n${Array.from({ length: 1000 }, (_, level) => multipart(level)).join('')}x\r\n`
    assert.match(await hand(nested), /^250 /)
    assert.ok(hop.messages().at(-1)?.toString('latin1').endsWith(nested))
  })

  it('of a PROXY line ends the connection', async () => {
    const client = connectSmtp({ port: gateway.port })
    opened.push(client)
    client.write(`PROXY TCP4 ${'1'.repeat(5000)}\r\n`)
    await client.closed()
  })
})
