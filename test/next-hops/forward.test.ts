import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { Readable } from 'node:stream'
import { systemClock } from '../../plugins/lib/clock'
import { silentLog } from '../../plugins/lib/log'
import type { SmtpNextHop } from '../../plugins/lib/settings/schema'
import { createConnector, type ConnectorOptions } from '../../plugins/next-hops/connector'
import type { Answer, Delivery, Envelope } from '../../plugins/next-hops/delivery'
import { openForwarding } from '../../plugins/next-hops/forward'
import { createIdleSessions, type IdleSessions } from '../../plugins/next-hops/idle-sessions'
import { createHostMemory, type HostMemory } from '../../plugins/next-hops/hosts'
import { eventually } from '../support/eventually'
import { freePort } from '../support/free-port'
import {
  hangUp,
  silence,
  startSmtpServer,
  type Act,
  type TestSmtpServer,
  type TestSmtpServerOptions,
} from '../support/smtp-server'

const wire = (text = 'Subject: x\r\n\r\nbody\r\n'): Readable => Readable.from([Buffer.from(`${text}.\r\n`)])
const told = (answer: Answer): string =>
  answer.kind === 'accepted'
    ? `accepted ${answer.text}`
    : `${answer.reply.code} ${answer.reply.enhanced} ${answer.reply.text}`

describe('Forwarding', () => {
  const servers: { close(): unknown }[] = []
  const deliveries: Delivery[] = []
  const lines: string[] = []
  let memory: HostMemory

  const log = { ...silentLog, warn: (line: string) => lines.push(line) }

  beforeEach(() => {
    lines.length = 0
    memory = createHostMemory(systemClock, log)
  })
  afterEach(async () => {
    for (const delivery of deliveries.splice(0)) delivery.close()
    for (const server of servers.splice(0)) await server.close()
  })

  const serve = async (options?: TestSmtpServerOptions): Promise<TestSmtpServer> => {
    const server = await startSmtpServer(options)
    servers.push(server)
    return server
  }
  const forward = (
    nextHop: Partial<SmtpNextHop>,
    envelope: Partial<Envelope> = {},
    options: Partial<ConnectorOptions> & { readonly idle?: IdleSessions } = {},
  ): Delivery => {
    const complete = {
      host: '127.0.0.1',
      port: 25,
      tls: 'off',
      timeout: 5,
      queue: false,
      ...nextHop,
    } as const
    const connect = createConnector({
      nextHop: complete,
      password: undefined,
      helloName: 'gateway.test',
      memory,
      ...options,
    })
    const delivery = openForwarding(
      'hop',
      { sender: 'anna@example.org', ...envelope },
      connect,
      log,
      options.idle,
    )
    deliveries.push(delivery)
    return delivery
  }
  /** RCPT and message, as a client that wants one recipient. */
  const send = async (delivery: Delivery, recipient = 'bert@example.com'): Promise<string> => {
    const answer = await delivery.addRecipient(recipient)
    return told(answer.kind === 'accepted' ? await delivery.deliver(wire(), [recipient]) : answer)
  }

  it('passes each recipient’s answer on while the client waits', async () => {
    const hop = await serve({
      script: {
        RCPT: (line): Act => {
          if (line.includes('none@'))
            return '550-5.1.1 No such user here,\r\n550 5.1.1 see https://example.com/'
          if (line.includes('full@')) return '452 4.2.2 Mailbox full'
          return '250 2.1.5 Fine'
        },
      },
    })
    const delivery = forward({ port: hop.port })
    assert.equal(told(await delivery.addRecipient('bert@example.com')), 'accepted 2.1.5 Fine')
    assert.equal(
      told(await delivery.addRecipient('none@example.com')),
      '550 5.1.1 No such user here, see https://example.com/',
    )
    assert.equal(told(await delivery.addRecipient('full@example.com')), '452 4.2.2 Mailbox full')
    assert.equal(told(await delivery.addRecipient('carl@example.com')), 'accepted 2.1.5 Fine')
    const answer = await delivery.deliver(wire(), ['bert@example.com', 'carl@example.com'])
    assert.equal(told(answer), 'accepted 2.0.0 Queued as T1')
    assert.equal(hop.sessions.length, 1)
    assert.deepEqual(hop.messages().map(String), ['Subject: x\r\n\r\nbody\r\n'])
    delivery.close()
    await eventually('the session to end', () => hop.openSessions() === 0)
    assert.deepEqual(hop.commands().slice(-2), ['DATA', 'QUIT'])
  })

  it('cleans the next hop’s words before they go to a stranger', async () => {
    const hop = await serve({
      script: {
        RCPT: { kind: 'bytes', bytes: Buffer.from(`550 n\u00fc\x07\x00\x1b[31m ${'x'.repeat(900)}\r\n`) },
      },
    })
    const text = await send(forward({ port: hop.port }))
    assert.match(text, /^550 5\.0\.0 [\x20-\x7e]{1,400}$/)
  })

  it('turns a goodbye of the next hop into a delay of this recipient', async () => {
    const hop = await serve({ script: { RCPT: hangUp('421 4.7.0 Too many, bye') } })
    assert.equal(await send(forward({ port: hop.port })), '451 4.7.0 Too many, bye')
  })

  describe('says what the client announced', () => {
    const mailLine = async (envelope: Partial<Envelope>, offers?: string[]): Promise<string | undefined> => {
      const hop = await serve(offers && { offers })
      await send(forward({ port: hop.port }, envelope))
      return hop.commands().find((line) => line.startsWith('MAIL'))
    }

    it('as far as the next hop understands it', async () => {
      const envelope = { size: 1234, eightBit: true, smtpUtf8: true }
      assert.equal(await mailLine(envelope), 'MAIL FROM:<anna@example.org> SIZE=1234 BODY=8BITMIME SMTPUTF8')
      assert.equal(await mailLine({ size: 1234, eightBit: true }, []), 'MAIL FROM:<anna@example.org>')
      assert.equal(await mailLine({ sender: '' }), 'MAIL FROM:<>')
    })

    it('and refuses a message that needs SMTPUTF8 where there is none', async () => {
      const hop = await serve({ offers: [] })
      const refusal = '550 5.6.7 SMTPUTF8 required, but not supported by the next hop'
      assert.equal(await send(forward({ port: hop.port }, { smtpUtf8: true })), refusal)
      assert.equal(await send(forward({ port: hop.port }, { sender: 'jürgen@example.org' })), refusal)
      assert.ok(!hop.commands().some((line) => line.startsWith('MAIL')))
    })

    it('with domains in A-labels where SMTPUTF8 was not announced', async () => {
      const hop = await serve()
      const delivery = forward({ port: hop.port }, { sender: 'anna@bücher.example' })
      await delivery.addRecipient('bert@bücher.example')
      assert.match(told(await delivery.addRecipient('jürgen@example.com')), /^550 5\.6\.7/)
      assert.deepEqual(hop.commands().slice(1), [
        'MAIL FROM:<anna@xn--bcher-kva.example>',
        'RCPT TO:<bert@xn--bcher-kva.example>',
      ])
    })
  })

  describe('at a refusal of the next hop', () => {
    for (const [stage, reply, expected] of [
      ['MAIL', '552 5.3.4 Too big', '552 5.3.4 Too big'],
      ['MAIL', '450 4.7.1 Come back later', '450 4.7.1 Come back later'],
      ['RCPT', '550 Unknown', '550 5.0.0 Unknown'],
      ['DATA', '451 4.3.0 Not now', '451 4.3.0 Not now'],
      ['DATA', '554 5.5.1 No', '554 5.5.1 No'],
      ['message', '554 5.7.1 Spam', '554 5.7.1 Spam'],
      ['message', '452 4.3.1 Disk full', '452 4.3.1 Disk full'],
    ] as const) {
      it(`of ${stage} with ${reply}, tells the client`, async () => {
        const hop = await serve({ script: { [stage]: reply } })
        assert.equal(await send(forward({ port: hop.port })), expected)
        assert.deepEqual(lines, [])
      })
    }

    it('never lets the sender suffer for our settings', async () => {
      for (const [stage, reply] of [
        ['MAIL', '530 5.7.0 Must issue a STARTTLS command first'],
        ['MAIL', '530 5.7.1 Authentication required'],
        ['RCPT', '503 5.5.1 Bad sequence'],
        ['DATA', '502 5.5.1 What?'],
      ] as const) {
        lines.length = 0
        const hop = await serve({ script: { [stage]: reply } })
        assert.match(await send(forward({ port: hop.port })), /^451 4\.3\.5 /)
        assert.deepEqual(lines, [`next hop hop refused ${stage}: ${reply}`])
      }
    })

    it('of MAIL, gives every recipient the same answer without asking again', async () => {
      const hop = await serve({ script: { MAIL: '550 5.7.1 Not from you' } })
      const delivery = forward({ port: hop.port })
      for (let count = 0; count < 3; count += 1) {
        assert.equal(told(await delivery.addRecipient(`r${count}@example.com`)), '550 5.7.1 Not from you')
      }
      assert.equal(hop.sessions.length, 1)
    })
  })

  describe('with a dead next hop', () => {
    it('defers at once when the port is closed, and says why once', async () => {
      const port = await freePort()
      const delivery = forward({ port })
      for (let count = 0; count < 3; count += 1) {
        assert.match(told(await delivery.addRecipient('bert@example.com')), /^451 4\.4\.1 /)
      }
      await forward({ port }).addRecipient('bert@example.com')
      assert.equal(lines.length, 1)
      assert.match(lines.join(), /^next hop 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/)
    })

    it('defers within the limit when hosts take connections and never speak', async () => {
      const hop = await serve({ script: { connect: silence } })
      const delivery = forward({ host: ['127.0.0.1', 'localhost'], port: hop.port }, {}, { limitMs: 300 })
      assert.match(told(await delivery.addRecipient('bert@example.com')), /^451 4\.4\.1 /)
      await eventually('the connections to end', () => hop.openSessions() === 0)
      // Not dialled again for the next recipient of the transaction.
      const { length } = hop.sessions
      assert.match(told(await delivery.addRecipient('carl@example.com')), /^451 4\.4\.1 /)
      assert.equal(hop.sessions.length, length)
    })

    it('goes on to a living host of the list and remembers it', async () => {
      const hop = await serve()
      const silentPort = hop.port
      const silent: Server = createServer(() => undefined)
      await new Promise<void>((resolve) => silent.listen(silentPort, '127.0.0.2', resolve))
      servers.push(silent)
      const dialled: number[] = []
      silent.on('connection', (socket) => {
        dialled.push(1)
        socket.on('error', () => undefined)
        servers.push({ close: () => socket.destroy() })
      })
      const list = { host: ['127.0.0.3', '127.0.0.2', '127.0.0.1'], port: silentPort }
      for (let count = 0; count < 2; count += 1) {
        assert.match(await send(forward(list, {}, { limitMs: 3000 })), /^accepted/)
      }
      assert.equal(dialled.length, 1)
      assert.equal(hop.messages().length, 2)
    })

    it('defers when the greeting is a refusal', async () => {
      const hop = await serve({ script: { connect: '421 4.3.2 Shutting down' } })
      assert.match(await send(forward({ port: hop.port })), /^451 4\.4\.1 /)
      assert.match(lines.join(), /greeting was refused: 421 4\.3\.2 Shutting down/)
    })

    it('defers when the user of the next hop is refused, and keeps the password to itself', async () => {
      const hop = await serve({ offers: ['AUTH PLAIN'], script: { AUTH: '535 5.7.8 No' } })
      const delivery = forward({ port: hop.port, auth: { user: 'gw' } }, {}, { password: 'geheim' })
      const text = await send(delivery)
      assert.match(text, /^451 4\.4\.1 /)
      assert.match(lines.join(), /refused user and password \(535\)/)
      assert.ok(!`${text} ${lines.join()}`.includes('geheim'))
    })
  })

  describe('when the connection breaks', () => {
    it('at RCPT, defers this recipient and asks for the next one anew', async () => {
      let first = true
      const hop = await serve({
        script: {
          RCPT: (): Act => {
            const act: Act = first ? hangUp() : '250 ok'
            first = false
            return act
          },
        },
      })
      const delivery = forward({ port: hop.port })
      assert.match(told(await delivery.addRecipient('bert@example.com')), /^451 4\.4\.2 /)
      assert.match(told(await delivery.addRecipient('carl@example.com')), /^accepted/)
      assert.match(told(await delivery.deliver(wire(), ['carl@example.com'])), /^accepted/)
    })

    it('while the client sends its message, begins again with all recipients', async () => {
      const hop = await serve({
        script: {
          RCPT: (line) => (hop.sessions.length === 1 && line.includes('carl') ? hangUp('250 ok') : '250 ok'),
        },
      })
      const delivery = forward({ port: hop.port })
      const recipients = ['bert@example.com', 'carl@example.com']
      for (const recipient of recipients) await delivery.addRecipient(recipient)
      await eventually('the next hop to hang up', () => hop.openSessions() === 0)
      assert.match(told(await delivery.deliver(wire(), recipients)), /^accepted/)
      assert.deepEqual(hop.sessions[1]?.commands, [
        'EHLO gateway.test',
        'MAIL FROM:<anna@example.org>',
        'RCPT TO:<bert@example.com>',
        'RCPT TO:<carl@example.com>',
        'DATA',
      ])
    })

    it('and a recipient is no longer taken afterwards, delivers to nobody', async () => {
      const hop = await serve({
        script: { RCPT: () => (hop.sessions.length === 1 ? hangUp('250 ok') : '550 5.1.1 Gone') },
      })
      const delivery = forward({ port: hop.port })
      await delivery.addRecipient('bert@example.com')
      await eventually('the next hop to hang up', () => hop.openSessions() === 0)
      assert.match(told(await delivery.deliver(wire(), ['bert@example.com'])), /^451 4\.4\.2 /)
      assert.deepEqual(hop.messages(), [])
    })

    it('after the final dot, does not acknowledge the message', async () => {
      const hop = await serve({ script: { message: hangUp() } })
      assert.match(await send(forward({ port: hop.port })), /^451 4\.4\.2 /)
    })
  })

  it('delivers to the recipients that stand in the end and to no other', async () => {
    const hop = await serve()
    const delivery = forward({ port: hop.port })
    for (const name of ['bert', 'carl', 'dora']) await delivery.addRecipient(`${name}@example.com`)
    assert.match(told(await delivery.deliver(wire(), ['bert@example.com', 'dora@example.com'])), /^accepted/)
    assert.deepEqual(
      hop.sessions.map(({ commands, messages }) => [
        commands.filter((line) => line.startsWith('RCPT')).length,
        messages.length,
      ]),
      [
        [3, 0],
        [2, 1],
      ],
    )
  })

  describe('when the client goes away', () => {
    it('during RCPT, ends the session and blames nobody', async () => {
      const hop = await serve({ script: { RCPT: silence } })
      const delivery = forward({ port: hop.port })
      const answer = delivery.addRecipient('bert@example.com')
      await eventually('RCPT', () => hop.commands().some((line) => line.startsWith('RCPT')))
      delivery.close()
      assert.equal((await answer).kind, 'refused')
      await eventually('the session to end', () => hop.openSessions() === 0)
      assert.deepEqual(lines, [])
    })

    it('while the next hop is dialled, ends that and blames nobody', async () => {
      const hop = await serve({ script: { connect: silence } })
      const delivery = forward({ port: hop.port })
      const answer = delivery.addRecipient('bert@example.com')
      await eventually('the connection', () => hop.openSessions() === 1)
      delivery.close()
      assert.equal((await answer).kind, 'refused')
      await eventually('the connection to end', () => hop.openSessions() === 0)
      assert.deepEqual(lines, [])
    })

    it('in the middle of the message, leaves the next hop without its end', async () => {
      const hop = await serve()
      const delivery = forward({ port: hop.port })
      await delivery.addRecipient('bert@example.com')
      const source = new Readable({ read: () => undefined })
      source.push('Subject: x\r\n')
      const answer = delivery.deliver(source, ['bert@example.com'])
      await eventually('DATA', () => hop.commands().includes('DATA'))
      delivery.close()
      assert.equal((await answer).kind, 'refused')
      assert.ok(source.destroyed)
      await eventually('the session to end', () => hop.openSessions() === 0)
      assert.deepEqual(hop.messages(), [])
    })

    it('between two commands, says goodbye', async () => {
      const hop = await serve()
      const delivery = forward({ port: hop.port })
      await delivery.addRecipient('bert@example.com')
      delivery.close()
      await eventually('the session to end', () => hop.openSessions() === 0)
      assert.equal(hop.commands().at(-1), 'QUIT')
    })
  })

  it('finds a host by name, whichever of its addresses listens', async () => {
    const hop = await serve()
    assert.match(await send(forward({ host: 'localhost', port: hop.port })), /^accepted/)
  })

  describe('on sessions that others have left', () => {
    const ok = 'accepted 2.0.0 Queued as T1'
    /** Delivers a message, and leaves. */
    const sendAndLeave = async (port: number, idle: IdleSessions): Promise<string> => {
      const delivery = forward({ port }, {}, { idle })
      const result = await send(delivery)
      delivery.close()
      return result
    }

    it('sends one message after the other, and says goodbye at last', async () => {
      const hop = await serve()
      const idle = createIdleSessions(50)
      for (const nth of [1, 2, 3]) assert.equal(await sendAndLeave(hop.port, idle), ok, `message ${nth}`)
      assert.equal(hop.sessions.length, 1)
      const verbs = ['MAIL', 'RCPT', 'DATA'].map((verb) =>
        hop.commands().filter((line) => line.startsWith(verb)),
      )
      assert.deepEqual(
        verbs.map((lines) => lines.length),
        [3, 3, 3],
      )
      await eventually('QUIT', () => hop.commands().at(-1) === 'QUIT')
    })

    it('gives a session to one transaction at a time, however often it is closed', async () => {
      const hop = await serve()
      const idle = createIdleSessions()
      const first = forward({ port: hop.port }, {}, { idle })
      await send(first)
      first.close()
      first.close()
      const [second, third] = [1, 2].map(() => forward({ port: hop.port }, {}, { idle }))
      assert.ok(second && third)
      assert.deepEqual(await Promise.all([send(second), send(third)]), [ok, ok])
      assert.equal(hop.sessions.length, 2)
    })

    it('opens a new one where the server has hung up or has had enough', async () => {
      const acts: Act[] = ['250 2.1.0 Ok', '421 4.7.0 Too many messages, goodbye', '250 2.1.0 Ok', hangUp(), '250 2.1.0 Ok'] // prettier-ignore
      const hop = await serve({ script: { MAIL: () => acts.shift() ?? '250 2.1.0 Ok' } })
      const idle = createIdleSessions()
      for (const nth of [1, 2, 3]) assert.equal(await sendAndLeave(hop.port, idle), ok, `message ${nth}`)
      assert.equal(hop.sessions.length, 3)
      assert.equal(hop.messages().length, 3)
    })

    it('leaves none behind on which something went wrong', async () => {
      const hop = await serve({ script: { DATA: '451 4.3.0 Not now' } })
      const idle = createIdleSessions()
      for (const nth of [1, 2]) assert.match(await sendAndLeave(hop.port, idle), /^451/, `message ${nth}`)
      const abandoned = forward({ port: hop.port }, {}, { idle })
      await abandoned.addRecipient('bert@example.com')
      abandoned.close()
      assert.equal(idle.take(), undefined)
      assert.equal(hop.sessions.length, 3)
    })

    it('ends a session after some messages', async () => {
      const hop = await serve()
      const idle = createIdleSessions(5000, 2)
      for (const nth of [1, 2, 3, 4]) assert.equal(await sendAndLeave(hop.port, idle), ok, `message ${nth}`)
      assert.equal(hop.sessions.length, 2)
    })
  })
})
