import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { freePort } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import type { SmtpClient } from '../support/smtp-client'
import { hangUp, silence, startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'

const message = 'From: anna@example.org\nSubject: Hello\n\nbody\n'

/** Answers by the local part, so that one next hop serves every test. */
function answerRecipient(line: string): Act {
  if (line.includes('none@')) return '550 5.1.1 No such user in this house'
  if (line.includes('busy@')) return '450 4.2.0 Mailbox is busy'
  if (line.includes('silent@')) return silence
  return '250 2.1.5 Ok'
}

describe('next hops of a running gateway', () => {
  let hop: TestSmtpServer
  let gateway: Gateway
  let client: SmtpClient
  let afterMessage: Act = '250 2.0.0 Queued as T1'

  before(async () => {
    hop = await startSmtpServer({ script: { RCPT: answerRecipient, message: () => afterMessage } })
    const host = { host: '127.0.0.1', port: hop.port, tls: 'off', timeout: 10 }
    gateway = await startGateway({
      settings: {
        next_hops: {
          'example.com': host,
          'example.org': host,
          '.example.net': { maildir: 'maildir' },
          'dead.example': { ...host, port: await freePort() },
        },
      },
      ownPlugins: {
        'late-refusal': `exports.hook_rcpt_ok = (next, connection, recipient) =>
          next(recipient.user === 'unwanted' ? DENY : CONT)`,
      },
      plugins: ['gateway/mail-core', 'gateway/next-hops', 'late-refusal'],
    })
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
  })
  beforeEach(async () => {
    afterMessage = '250 2.0.0 Queued as T1'
    client = await gateway.client()
  })
  afterEach(async () => {
    client.close()
    await eventually('the sessions with the next hop to end', () => hop.openSessions() === 0)
  })
  const begin = async (): Promise<void> => {
    await client.send('EHLO client.example.org')
    await client.send('MAIL FROM:<anna@example.org> SIZE=100 BODY=8BITMIME')
  }
  const session = () => hop.sessions.at(-1) ?? assert.fail('no session with the next hop')

  it('answer each recipient in their own words', async () => {
    await begin()
    assert.equal(await client.send('RCPT TO:<bert@example.com>'), '250 2.1.5 Ok')
    assert.equal(await client.send('RCPT TO:<none@example.com>'), '550 5.1.1 No such user in this house')
    assert.equal(await client.send('RCPT TO:<busy@example.com>'), '450 4.2.0 Mailbox is busy')
    assert.equal(await client.send('RCPT TO:<carl@example.org>'), '250 2.1.5 Ok')
    await client.send('DATA')
    client.write('Subject: x\r\n\r\nbody\r\n')
    assert.match(await client.send('.'), /^250 2\.0\.0 Queued as T1/)
    assert.equal(session().messages.length, 1)
    assert.ok(session().commands.includes('MAIL FROM:<anna@example.org> SIZE=100 BODY=8BITMIME'))
  })

  it('get the message byte for byte, with a Received line in front', async () => {
    const body = `..\r\n...three\r\n${'ü'.repeat(400)}\r\n${`..${'x'.repeat(900)}\r\n`.repeat(4000)}end\r\n`
    await begin()
    await client.send('RCPT TO:<bert@example.com>')
    await client.send('DATA')
    client.write(`Subject: large\r\nX-Odd:   as  it was \r\n\r\n${body}`)
    assert.match(await client.send('.'), /^250 /)
    const text = session().messages[0]?.toString() ?? ''
    const [head = ''] = text.split('\r\n\r\n', 1)
    assert.match(head, /^Received: from [\s\S]*\r\nSubject: large\r\nX-Odd: {3}as {2}it was ?$/)
    assert.ok(text.slice(head.length + 4) === body, 'the body differs')
  })

  it('serve a client that sends its commands at once', async () => {
    await client.send('EHLO client.example.org')
    client.write(
      'MAIL FROM:<a@b.example>\r\nRCPT TO:<none@example.com>\r\nRCPT TO:<bert@example.com>\r\nDATA\r\n',
    )
    const codes: string[] = []
    for (let count = 0; count < 4; count += 1) codes.push((await client.reply()).slice(0, 3))
    assert.deepEqual(codes, ['250', '550', '250', '354'])
    client.write('Subject: x\r\n\r\nbody\r\n')
    assert.match(await client.send('.'), /^250 /)
  })

  it('serve one transaction after another, RSET between them', async () => {
    await begin()
    await client.send('RCPT TO:<bert@example.com>')
    assert.match(await client.send('RSET'), /^250 /)
    for (let count = 0; count < 2; count += 1) {
      assert.match(
        await client.sendMail({ from: 'a@b.example', to: `r${count}@example.com`, message }),
        /^250 /,
      )
      const rcpt = session().commands.filter((line) => line.startsWith('RCPT'))
      assert.equal(rcpt.at(-1), `RCPT TO:<r${count}@example.com>`)
    }
  })

  it('may be a maildir', async () => {
    assert.match(
      await client.sendMail({ from: 'a@b.example', to: 'x@sub.example.net', message }),
      /^250 2\.0\.0 Stored/,
    )
    const [stored = ''] = gateway.maildir()
    assert.match(stored, /^Return-Path: <a@b\.example>\nDelivered-To: x@sub\.example\.net\nReceived: /)
    assert.match(stored, /\n\nbody\n$/)
  })

  it('are missing for the domains of others, whose mail is refused', async () => {
    await begin()
    for (const domain of ['elsewhere.example', 'example.net', 'constructor', '[127.0.0.1]']) {
      assert.match(await client.send(`RCPT TO:<x@${domain}>`), /^550 5\.7\.1 Relaying denied/, domain)
    }
  })

  it('that are dead defer the mail', async () => {
    await begin()
    assert.match(await client.send('RCPT TO:<x@dead.example>'), /^451 4\.4\.1 /)
    await gateway.logged(/next hop 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/)
  })

  it('may refuse the message after its end', async () => {
    afterMessage = '554 5.7.1 Looks like spam to me'
    const mail = { from: 'a@b.example', to: 'bert@example.com', message }
    assert.match(await client.sendMail(mail), /^55\d 5\.7\.1 Looks like spam to me/)
    afterMessage = '452 4.3.1 Out of space'
    assert.match(await client.sendMail(mail), /^45\d 4\.3\.1 Out of space/)
  })

  it('that close after the message leave it to the sender', async () => {
    afterMessage = hangUp()
    const reply = await client.sendMail({ from: 'a@b.example', to: 'bert@example.com', message })
    assert.match(reply, /^45\d 4\.4\.2 /)
  })

  it('do not get a message for a recipient that another plugin refused after them', async () => {
    await begin()
    assert.match(await client.send('RCPT TO:<bert@example.com>'), /^250 /)
    assert.match(await client.send('RCPT TO:<unwanted@example.com>'), /^550 /)
    await client.send('DATA')
    client.write('Subject: x\r\n\r\nbody\r\n')
    assert.match(await client.send('.'), /^250 /)
    assert.deepEqual(
      session().commands.filter((line) => line.startsWith('RCPT')),
      ['RCPT TO:<bert@example.com>'],
    )
  })

  it('are left alone when the client goes away, at RCPT and after the message', async () => {
    await begin()
    client.write('RCPT TO:<silent@example.com>\r\n')
    await eventually('the question', () => session().commands.includes('RCPT TO:<silent@example.com>'))
    client.close()
    await eventually('the session to end', () => hop.openSessions() === 0)

    afterMessage = silence
    client = await gateway.client()
    const sending = client.sendMail({ from: 'a@b.example', to: 'bert@example.com', message })
    await eventually('the message', () => session().messages.length === 1)
    client.close()
    await sending
    await eventually('the session to end', () => hop.openSessions() === 0)

    afterMessage = '250 ok'
    client = await gateway.client()
    assert.match(await client.sendMail({ from: 'a@b.example', to: 'bert@example.com', message }), /^250 /)
    assert.doesNotMatch(gateway.log(), /uncaught|TypeError/i)
  })
})
