import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { connectSmtp, type SmtpOptions, type SmtpSession } from '../../../plugins/lib/smtp/client'
import { createTestCertificate } from '../../support/certificate'
import { eventually } from '../../support/eventually'
import { freePort } from '../../support/free-port'
import {
  hangUp,
  silence,
  startSmtpServer,
  type TestSmtpServer,
  type TestSmtpServerOptions,
} from '../../support/smtp-server'

const certificate = createTestCertificate(['localhost'])
const message = 'Subject: hello\r\n\r\nbody\r\n'
const wire = (text = message): Readable => Readable.from([Buffer.from(`${text}.\r\n`)])

describe('The SMTP client', () => {
  let server: TestSmtpServer | undefined
  const sessions: SmtpSession[] = []

  const serve = async (options?: TestSmtpServerOptions): Promise<TestSmtpServer> => {
    server = await startSmtpServer(options)
    return server
  }
  const connect = async (options: Partial<SmtpOptions> = {}): Promise<SmtpSession> => {
    const session = await connectSmtp({
      host: '127.0.0.1',
      port: server?.port ?? 0,
      tls: 'off',
      helloName: 'gateway.test',
      connectTimeoutMs: 5000,
      replyTimeoutMs: 5000,
      ...options,
    })
    sessions.push(session)
    return session
  }
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.close()
    await server?.close()
    server = undefined
  })

  it('delivers a message byte for byte', async () => {
    const hop = await serve()
    const session = await connect()
    assert.equal((await session.mail('anna@example.org', ['SIZE=23'])).code, 250)
    assert.equal((await session.rcpt('bert@example.com')).code, 250)
    const reply = await session.data(wire())
    assert.deepEqual(reply, { code: 250, enhanced: '2.0.0', lines: ['Queued as T1'] })
    await session.quit()
    assert.deepEqual(hop.commands(), [
      'EHLO gateway.test',
      'MAIL FROM:<anna@example.org> SIZE=23',
      'RCPT TO:<bert@example.com>',
      'DATA',
      'QUIT',
    ])
    assert.deepEqual(hop.messages().map(String), [message])
    await eventually('the connection to end', () => hop.openSessions() === 0)
  })

  it('tells refusals as replies and stays usable', async () => {
    await serve({
      script: {
        MAIL: (line) => (line.includes('bad@') ? '553 5.1.7 No' : '250 ok'),
        RCPT: (line) => (line.includes('none@') ? '550 5.1.1 No such user' : '250 ok'),
        DATA: '451 4.3.0 Not now',
      },
    })
    const session = await connect()
    assert.equal((await session.mail('bad@example.org')).code, 553)
    assert.equal((await session.mail('')).code, 250)
    assert.equal((await session.rcpt('none@example.com')).enhanced, '5.1.1')
    assert.equal((await session.rcpt('bert@example.com')).code, 250)
    assert.equal((await session.data(wire())).code, 451)
    assert.equal((await session.rset()).code, 250)
    assert.ok(session.isOpen())
  })

  it('reads what the server offers', async () => {
    await serve({ offers: ['SIZE', 'size 12', '8bitmime', 'AUTH PLAIN LOGIN', 'PIPELINING'] })
    const { capabilities } = await connect()
    assert.deepEqual(capabilities, {
      startTls: false,
      eightBitMime: true,
      smtpUtf8: false,
      pipelining: true,
      size: true,
      auth: ['PLAIN', 'LOGIN'],
    })
  })

  it('says HELO to a server without EHLO', async () => {
    const hop = await serve({ script: { EHLO: '502 5.5.1 What?' } })
    assert.equal((await connect()).capabilities.size, false)
    assert.deepEqual(hop.commands(), ['EHLO gateway.test', 'HELO gateway.test'])
  })

  it('takes no address that would end its command', async () => {
    const hop = await serve()
    const session = await connect()
    for (const address of [
      'a@b.c>\r\nRCPT TO:<x@y.z',
      'a\n@b.c',
      'a\0@b.c',
      'a@b.c> SIZE=1',
      '<a@b.c',
      'a b@c.d',
    ]) {
      await assert.rejects(
        session.mail(address),
        { name: 'SmtpError', kind: 'address' },
        JSON.stringify(address),
      )
      await assert.rejects(session.rcpt(address), { kind: 'address' })
    }
    assert.deepEqual(hop.commands(), ['EHLO gateway.test'])
    assert.equal((await session.mail('"a > b"@example.org')).code, 250)
    assert.equal(hop.commands().at(-1), 'MAIL FROM:<"a > b"@example.org>')
  })

  describe('fails with a reason', () => {
    it('when nobody listens', async () => {
      const port = await freePort()
      await assert.rejects(connect({ port }), { name: 'SmtpError', kind: 'connect', message: /ECONNREFUSED/ })
    })

    it('when the server never speaks', async () => {
      await serve({ script: { connect: silence } })
      await assert.rejects(connect({ connectTimeoutMs: 50 }), { kind: 'timeout' })
    })

    it('when the server speaks too slowly to be done in time', async () => {
      await serve({ script: { EHLO: { kind: 'bytes', bytes: '250-hop.test\r\n' } } })
      await assert.rejects(connect({ connectTimeoutMs: 50 }), { kind: 'timeout' })
    })

    it('when the server speaks another protocol', async () => {
      await serve({ script: { connect: { kind: 'bytes', bytes: Buffer.from('SSH-2.0-Open\r\n') } } })
      await assert.rejects(connect(), { kind: 'protocol' })
    })

    it('when the greeting is a refusal', async () => {
      await serve({ script: { connect: '554 5.7.1 Not you' } })
      await assert.rejects(connect(), { kind: 'refused', message: /554 5\.7\.1 Not you/ })
    })

    it('when it is told to give up', async () => {
      const hop = await serve({ script: { connect: silence } })
      const giveUp = new AbortController()
      const attempt = assert.rejects(connect({ signal: giveUp.signal }), { name: 'SmtpError' })
      await eventually('the connection', () => hop.openSessions() === 1)
      giveUp.abort()
      await attempt
      await eventually('the connection to end', () => hop.openSessions() === 0)
    })

    it('when the server hangs up, at any command and after', async () => {
      await serve({ script: { MAIL: hangUp() } })
      const session = await connect()
      await assert.rejects(session.mail(''), { kind: 'closed' })
      await assert.rejects(session.rset(), { kind: 'closed' })
      assert.equal(session.isOpen(), false)
      await session.quit()
    })

    it('when an answer stays away', async () => {
      await serve({ script: { RCPT: silence } })
      const session = await connect({ replyTimeoutMs: 50 })
      await session.mail('')
      await assert.rejects(session.rcpt('bert@example.com'), { kind: 'timeout' })
      assert.equal(session.isOpen(), false)
    })

    it('when the server answers twice', async () => {
      await serve({ script: { MAIL: '250 ok\r\n250 ok' } })
      const session = await connect()
      await session.mail('')
      await assert.rejects(session.rcpt('bert@example.com'), { kind: 'protocol' })
    })
  })

  it('notices a goodbye between two commands', async () => {
    await serve({ script: { MAIL: '250 ok\r\n421 4.4.2 Idle for too long' } })
    const session = await connect()
    assert.equal((await session.mail('')).code, 250)
    await eventually('the session to be closed', () => !session.isOpen())
  })

  describe('sending a message', () => {
    const begin = async (options: Partial<SmtpOptions> = {}): Promise<SmtpSession> => {
      const session = await connect(options)
      await session.mail('anna@example.org')
      await session.rcpt('bert@example.com')
      return session
    }

    it('passes dots on as they are', async () => {
      const hop = await serve()
      const dotted = '..\r\n...x\r\n..\r\n'
      await (await begin()).data(wire(dotted))
      assert.equal(hop.messages().join(), dotted)
    })

    it('sends an empty message', async () => {
      const hop = await serve()
      assert.equal((await (await begin()).data(wire(''))).code, 250)
      assert.deepEqual(hop.messages().map(String), [''])
    })

    it('takes no more from the source than the server reads', async () => {
      let readOn = (): void => undefined
      const readMessageAfter = new Promise<void>((resolve) => (readOn = resolve))
      const hop = await serve({ readMessageAfter })
      const chunk = Buffer.from(`${'x'.repeat(1022)}\r\n`.repeat(64))
      let given = 0
      const total = 320
      const source = new Readable({
        read() {
          this.push(given < total ? chunk : given === total ? Buffer.from('.\r\n') : null)
          given += 1
        },
      })
      const session = await begin()
      const answer = session.data(source)
      // The kernel's buffers take some; then nothing moves.
      let before = -1
      await eventually('the source to rest', async () => {
        const rests = given > 0 && before === given
        before = given
        await new Promise((resolve) => setTimeout(resolve, 50))
        return rests
      })
      assert.ok(given < total, `${given} of ${total} chunks were taken by a server that reads none`)
      readOn()
      assert.equal((await answer).code, 250)
      assert.equal(hop.messages()[0]?.length, total * chunk.length)
    })

    it('gives up on a server that stops reading', async () => {
      await serve({ readMessageAfter: new Promise(() => undefined) })
      const endless = Readable.from(
        (function* () {
          for (;;) yield Buffer.from(`${'x'.repeat(62)}\r\n`.repeat(1024))
        })(),
      )
      const session = await begin({ replyTimeoutMs: 200 })
      await assert.rejects(session.data(endless), { kind: 'timeout' })
      assert.ok(endless.destroyed)
    })

    it('fails when the server hangs up instead of answering the final dot', async () => {
      await serve({ script: { message: hangUp() } })
      await assert.rejects((await begin()).data(wire()), { kind: 'closed' })
    })

    it('fails when the answer to the final dot stays away', async () => {
      await serve({ script: { message: silence } })
      const session = await begin({ finalReplyTimeoutMs: 50 })
      await assert.rejects(session.data(wire()), { kind: 'timeout' })
    })

    it('tells the refusal of a server that stops in the middle', async () => {
      await serve({ script: { message: '552 5.3.4 Too big' }, interruptMessageAfterBytes: 1000 })
      const session = await begin()
      const source = new Readable({ read: () => undefined })
      source.push('x'.repeat(2000))
      assert.equal((await session.data(source)).code, 552)
      assert.equal(session.isOpen(), false)
      assert.ok(source.destroyed)
    })

    it('believes no acceptance before the end of the message', async () => {
      await serve({ interruptMessageAfterBytes: 1000 })
      const session = await begin()
      const source = new Readable({ read: () => undefined })
      source.push('x'.repeat(2000))
      await assert.rejects(session.data(source), { kind: 'protocol' })
    })

    it('leaves the server without a final dot when the source breaks off', async () => {
      const hop = await serve()
      const session = await begin()
      const source = new Readable({ read: () => undefined })
      source.push(message)
      const answer = assert.rejects(session.data(source), { kind: 'closed' })
      await eventually('DATA', () => hop.commands().includes('DATA'))
      source.destroy(new Error('disk gone'))
      await answer
      await eventually('the connection to end', () => hop.openSessions() === 0)
      assert.deepEqual(hop.messages(), [])
    })
  })

  describe('with STARTTLS', () => {
    it('encrypts when it is offered, whatever the certificate', async () => {
      const hop = await serve({ certificate })
      const session = await connect({ tls: 'opportunistic' })
      assert.equal(session.secured, true)
      await session.mail('')
      assert.equal(hop.sessions[0]?.secured, true)
      assert.deepEqual(hop.commands(), ['EHLO gateway.test', 'STARTTLS', 'EHLO gateway.test', 'MAIL FROM:<>'])
    })

    it('delivers a large message under TLS', async () => {
      const hop = await serve({ certificate })
      const session = await connect({ tls: 'opportunistic' })
      const large = `${'x'.repeat(998)}\r\n`.repeat(3000)
      await session.mail('')
      await session.rcpt('bert@example.com')
      assert.equal((await session.data(wire(large))).code, 250)
      assert.equal(hop.messages()[0]?.toString(), large)
    })

    it('forgets what was offered before TLS', async () => {
      await serve({
        certificate,
        script: {
          EHLO: (_, { secured }) =>
            secured ? '250-hop.test\r\n250 SIZE' : '250-hop.test\r\n250-8BITMIME\r\n250 STARTTLS',
        },
      })
      const { capabilities } = await connect({ tls: 'opportunistic' })
      assert.deepEqual([capabilities.size, capabilities.eightBitMime], [true, false])
    })

    it('is not asked for when TLS is off', async () => {
      const hop = await serve({ certificate })
      assert.equal((await connect()).secured, false)
      assert.deepEqual(hop.commands(), ['EHLO gateway.test'])
    })

    it('goes on in clear after a refusal, if it may', async () => {
      await serve({ offers: ['STARTTLS'], script: { STARTTLS: '454 4.7.0 TLS not available' } })
      assert.equal((await connect({ tls: 'opportunistic' })).secured, false)
      await assert.rejects(connect({ tls: 'required' }), { kind: 'tls', message: /454 4\.7\.0/ })
    })

    it('goes on in clear after a failed handshake, if it may', async () => {
      const hop = await serve({
        offers: ['STARTTLS'],
        script: { STARTTLS: hangUp('220 Go ahead') },
      })
      const session = await connect({ tls: 'opportunistic' })
      assert.equal(session.secured, false)
      assert.equal(hop.sessions.length, 2)
      await assert.rejects(connect({ tls: 'required' }), { kind: 'tls' })
    })

    it('goes on in clear after a handshake that hangs, within its time', async () => {
      // What comes instead of a handshake is no command either.
      const hop = await serve({ offers: ['STARTTLS'], script: { other: silence } })
      const session = await connect({ tls: 'opportunistic', connectTimeoutMs: 1000 })
      assert.equal(hop.sessions.length, 2)
      assert.equal(session.secured, false)
    })

    it('never goes on in clear where TLS is required', async () => {
      await serve()
      await assert.rejects(connect({ tls: 'required' }), { kind: 'tls', message: /does not offer STARTTLS/ })
    })

    it('verifies the certificate of a required host', async () => {
      await serve({ certificate })
      await assert.rejects(connect({ tls: 'required', host: 'localhost' }), {
        kind: 'tls',
        message: /self-signed/,
      })
      const session = await connect({ tls: 'required', host: 'localhost', ca: certificate.certificate })
      assert.equal(session.secured, true)
    })

    it('takes no certificate of another name for a required host', async () => {
      const other = createTestCertificate(['other.test'])
      await serve({ certificate: other })
      const attempt = connect({ tls: 'required', host: 'localhost', ca: other.certificate })
      await assert.rejects(attempt, { kind: 'tls', message: /altnames/ })
    })

    it('refuses replies slipped in before TLS', async () => {
      for (const injected of ['250 ok\r\n', '250-half']) {
        const hop = await serve({
          certificate,
          script: { STARTTLS: { kind: 'bytes', bytes: `220 Go\r\n${injected}` } },
        })
        await assert.rejects(connect({ tls: 'opportunistic' }), { kind: 'protocol' })
        await hop.close()
      }
    })
  })

  describe('signing in', () => {
    const auth = { user: 'gateway', password: 'geheim' }
    const base64 = (text: string): string => Buffer.from(text).toString('base64')

    it('uses AUTH PLAIN', async () => {
      const hop = await serve({ offers: ['AUTH LOGIN PLAIN'] })
      await connect({ auth })
      assert.equal(hop.commands().at(-1), `AUTH PLAIN ${base64('\0gateway\0geheim')}`)
    })

    it('uses AUTH LOGIN where there is no PLAIN', async () => {
      const answers = ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 ok']
      const next = (): string => answers.shift() ?? '500 what'
      const hop = await serve({ offers: ['AUTH=LOGIN'], script: { AUTH: next, other: next } })
      await connect({ auth })
      assert.deepEqual(hop.commands().slice(1), ['AUTH LOGIN', base64('gateway'), base64('geheim')])
    })

    it('fails without a word of the password', async () => {
      await serve({
        offers: ['AUTH PLAIN'],
        script: { AUTH: (line) => `535 5.7.8 No: ${line}` },
      })
      await assert.rejects(connect({ auth }), (error: Error) => {
        assert.match(error.message, /refused user and password \(535\)/)
        assert.ok(!error.message.includes(base64('\0gateway\0geheim')))
        return true
      })
    })

    it('keeps the password when TLS was wanted and is not there', async () => {
      const hop = await serve({ offers: ['AUTH PLAIN'] })
      await assert.rejects(connect({ auth, tls: 'opportunistic' }), { kind: 'auth', message: /without TLS/ })
      assert.deepEqual(hop.commands(), ['EHLO gateway.test'])
    })

    it('fails when no mechanism is known', async () => {
      await serve({ offers: ['AUTH GSSAPI'] })
      await assert.rejects(connect({ auth }), { kind: 'auth' })
    })
  })

  it('leaves no connection behind after a failure', async () => {
    const held = createServer()
    held.on('connection', (socket) => socket.write('garbage\r\n'))
    await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve))
    const address = held.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await assert.rejects(connect({ port }), { kind: 'protocol' })
    // Closing waits for the last connection.
    await new Promise((resolve) => held.close(resolve))
  })
})
