import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { freePort } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import type { SmtpClient } from '../support/smtp-client'
import { startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'

const message = 'From: anna@example.org\nSubject: Hello\nMessage-ID: <m@example.org>\n\n.dots\nbody\n'

function answerRecipient(line: string): Act {
  if (line.includes('none@')) return '550 5.1.1 No such user in this house'
  return '250 2.1.5 Ok'
}

/** One gateway in front of two servers and a maildir. */
describe('delivery to several next hops', () => {
  let first: TestSmtpServer
  let second: TestSmtpServer
  let gateway: Gateway
  let client: SmtpClient
  let firstSays: (message: string) => Act = () => '250 2.0.0 Taken by the first'
  let secondAsked: (line: string) => Act = answerRecipient

  before(async () => {
    first = await startSmtpServer({
      script: {
        RCPT: answerRecipient,
        message: (_, session) => firstSays(session.messages.at(-1)?.toString() ?? ''),
      },
    })
    second = await startSmtpServer({ script: { RCPT: (line) => secondAsked(line) } })
    const at = ({ port }: TestSmtpServer) => ({ host: '127.0.0.1', port, tls: 'off', timeout: 10 })
    gateway = await startGateway({
      settings: {
        next_hops: {
          'first.example': at(first),
          'also-first.example': at(first),
          'second.example': at(second),
          'waits.example': { ...at(second), queue: true },
          'away.example': { ...at(second), port: await freePort(), queue: true },
          'stored.example': { maildir: 'maildir' },
        },
      },
      files: { 'outbound.ini': 'temp_fail_intervals=5s*3\nreceived_header=disabled\n' },
      ownPlugins: {
        'may-relay': `exports.hook_mail = (next, connection) => {
          if (connection.hello.host === 'relay.example') connection.relaying = true
          next()
        }`,
        // Stands for the DNS: other domains are at the second server, too.
        'some-mx': `exports.hook_get_mx = (next, mail, domain) =>
          domain === 'elsewhere.example' ? next(OK, { exchange: '127.0.0.1', port: PORT, priority: 0 }) : next()`.replace(
          'PORT',
          String(second.port),
        ),
      },
      plugins: ['gateway/mail-core', 'may-relay', 'gateway/next-hops', 'some-mx'],
    })
  })
  after(async () => {
    await gateway.stop()
    await first.close()
    await second.close()
  })
  beforeEach(async () => {
    for (const server of [first, second]) for (const { messages } of server.sessions) messages.length = 0
    firstSays = () => '250 2.0.0 Taken by the first'
    secondAsked = answerRecipient
    client = await gateway.client()
  })
  afterEach(() => {
    client.close()
  })

  const send = (to: string[], from = 'anna@sender.example', helo = 'client.example.org') =>
    client.sendMail({ from, to, message, helo })
  const queued = (): string[] => readdirSync(join(gateway.dir, 'queue'))
  const queueEmpty = () => eventually('the queue to be empty', () => queued().length === 0)
  /** RCPT of the sessions that took a message. */
  const recipientsAt = (server: TestSmtpServer): string[] =>
    server.sessions
      .filter(({ messages }) => messages.length > 0)
      .flatMap(({ commands }) => commands.filter((line) => line.startsWith('RCPT TO:')))
  const texts = (server: TestSmtpServer): string[] => server.messages().map(String)

  it('reaches each recipient exactly once, in its own words at RCPT, byte for byte', async () => {
    await client.send('EHLO client.example.org')
    await client.send('MAIL FROM:<anna@sender.example> BODY=8BITMIME')
    const stored = gateway.maildir().length
    for (const to of ['a@first.example', 'b@second.example', 'c@also-first.example', 'd@stored.example']) {
      assert.match(await client.send(`RCPT TO:<${to}>`), /^250 /, to)
    }
    assert.equal(await client.send('RCPT TO:<none@second.example>'), '550 5.1.1 No such user in this house')
    assert.match(await client.send('RCPT TO:<A@First.example>'), /^250 /)
    assert.match(await client.send('RCPT TO:<a@first.example>'), /^250 /)
    await client.send('DATA')
    client.write('Subject: x\r\n..odd: header\r\n\r\n..dots\r\nbody\r\n')
    assert.match(await client.send('.'), /^250 2\.0\.0 Queued for delivery/)
    await eventually('all copies', () => recipientsAt(first).length === 3 && second.messages().length === 1)
    await queueEmpty()
    assert.deepEqual(recipientsAt(first).sort(), [
      'RCPT TO:<A@First.example>',
      'RCPT TO:<a@first.example>',
      'RCPT TO:<c@also-first.example>',
    ])
    assert.deepEqual(recipientsAt(second), ['RCPT TO:<b@second.example>'])
    const [text = ''] = texts(second)
    assert.match(text, /^(?!.*Haraka outbound)Received: /)
    assert.match(text, /\r\nSubject: x\r\n\.\.odd: header\r\n[\s\S]*\r\n\r\n\.\.dots\r\nbody\r\n$/)
    assert.ok(second.commands().includes('MAIL FROM:<anna@sender.example> BODY=8BITMIME'))
    const maildir = gateway.maildir()
    assert.equal(maildir.length, stored + 1)
    assert.match(maildir.at(-1) ?? '', /Delivered-To: d@stored\.example\n[\s\S]*\n\n\.dots\nbody\n$/)
  })

  it('stays with the client when all recipients are on one next hop', async () => {
    firstSays = () => '554 5.6.0 Not like this'
    assert.match(await send(['a@first.example', 'c@also-first.example']), /^55\d 5\.6\.0 Not like this/)
    assert.deepEqual(queued(), [])
  })

  it('takes the queue for a next hop that is set to', async () => {
    assert.match(await send(['a@waits.example']), /^250 2\.0\.0 Queued/)
    await eventually('the message', () => second.messages().length === 1)
    await queueEmpty()
  })

  it('asks a queued next hop before it accepts, and believes what it said a moment ago', async () => {
    assert.match(await send(['none@waits.example']), /^550 5\.1\.1 /)
    const asked = second.commands().length
    assert.match(await send(['none@waits.example']), /^550 5\.1\.1 /)
    assert.match(await send(['a@waits.example', 'none@waits.example']), /^550 5\.1\.1 /)
    assert.equal(second.commands().filter((line) => line.includes('none@waits')).length, 1)
    assert.match(await send(['unheard-of@away.example']), /^451 4\.4\.1 /)
    assert.ok(asked > 0)
    assert.deepEqual(queued(), [])
  })

  it('tries again what could not be delivered, for those recipients only', async () => {
    assert.match(await send(['a@first.example', 'b@second.example', 'late@second.example']), /^250 /)
    await queueEmpty()
    secondAsked = (line) => (line.includes('late@') ? '450 4.2.1 Come back' : '250 ok')
    for (const server of [first, second]) for (const { messages } of server.sessions) messages.length = 0
    assert.match(await send(['a@first.example', 'b@second.example', 'late@second.example']), /^250 /)
    await eventually(
      'the first copies',
      () => first.messages().length === 1 && second.messages().length === 1,
    )
    await eventually('the other to be deferred', () => queued().some((file) => /^\d+_\d+_1_/.test(file)))
    secondAsked = answerRecipient
    await eventually('the second attempt', () => second.messages().length === 2)
    await queueEmpty()
    assert.equal(first.messages().length, 1)
    const last = second.sessions.filter(({ messages }) => messages.length > 0).at(-1)
    assert.deepEqual(
      last?.commands.filter((line) => line.startsWith('RCPT')),
      ['RCPT TO:<late@second.example>'],
    )
  })

  it('bounces once what a next hop refuses, to senders of ours by their next hop', async () => {
    firstSays = (text) => (/^Subject: Hello/m.test(text) ? '554 5.7.1 Not here' : '250 2.0.0 ok')
    assert.match(await send(['a@first.example', 'b@second.example'], 'sender@waits.example'), /^250 /)
    await eventually('bounce and copy', () => second.messages().length === 2)
    await queueEmpty()
    const [bounce = ''] = texts(second).filter((text) => text.includes('Subject: Undelivered mail'))
    assert.match(bounce, /^To: <sender@waits\.example>\r\nSubject: Undelivered mail: Hello\r$/m)
    assert.match(bounce, /Final-Recipient: rfc822;a@first\.example\r\nAction: failed\r\nStatus: 5\.7\.1/)
    assert.match(bounce, /Diagnostic-Code: smtp;554 5\.7\.1 .*Not here/)
    assert.equal(second.messages().length, 2)
    assert.ok(second.commands().includes('MAIL FROM:<>'))
  })

  it('never bounces to the null sender', async () => {
    firstSays = () => '554 5.7.1 Not here'
    assert.match(await send(['a@first.example', 'b@second.example'], ''), /^250 /)
    await gateway.logged(/Double bounce/)
    await queueEmpty()
    assert.equal(second.messages().length, 1)
    assert.ok(texts(second).every((text) => !text.includes('Undelivered')))
  })

  it('takes those who may relay to the MX of others, and to our own domains by their next hops', async () => {
    assert.match(await send(['x@elsewhere.example']), /^550 5\.7\.1 Relaying denied/)
    client.close()
    client = await gateway.client()
    const to = ['x@elsewhere.example', 'a@first.example']
    assert.match(await send(to, 'user@first.example', 'relay.example'), /^250 2\.0\.0 Queued/)
    await eventually('both', () => first.messages().length === 1 && second.messages().length === 1)
    await queueEmpty()
    assert.deepEqual(recipientsAt(second), ['RCPT TO:<x@elsewhere.example>'])
    assert.match(await send(['none@first.example'], 'user@first.example', 'relay.example'), /^550 5\.1\.1/)
  })

  it('hands mail of those who may relay to one next hop inline', async () => {
    assert.match(
      await send(['a@first.example'], 'user@first.example', 'relay.example'),
      /^250 2\.0\.0 Taken by the first/,
    )
  })
})
