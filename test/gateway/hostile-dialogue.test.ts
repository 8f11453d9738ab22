import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { cpuMs } from '../support/processes'
import { silence, startSmtpServer, type TestSmtpServer } from '../support/smtp-server'
import type { SmtpClient } from '../support/smtp-client'

const MIB = 1_048_576
const inside = `
const { performance } = require('node:perf_hooks')
const real = performance.now.bind(performance)
let aheadMs = 0
performance.now = () => real() + aheadMs
let held
exports.hook_vrfy = (next, connection) => {
  const minutes = Number(/later-(\\d+)/.exec(connection.current_line)?.[1] ?? 0)
  aheadMs += minutes * 60000
  next(OK, 'process ' + process.pid + (held ? ' read ' + held.bytesRead + ' paused ' + held.isPaused() : ''))
}
exports.hook_rcpt = (next, connection, [recipient]) => {
  if (recipient.user === 'held') held = connection.client.targetsocket
  next()
}
exports.hook_data_post = (next, connection) => {
  if (connection.transaction.header.get('Subject').includes('timeout')) connection.client.emit('timeout')
  next()
}`

describe('a client that means no good', function () {
  this.timeout(60_000)
  let hop: TestSmtpServer
  let gateway: Gateway
  let pid: number
  const opened: SmtpClient[] = []

  before(async () => {
    hop = await startSmtpServer({
      script: {
        RCPT: (line) => {
          if (line.includes('held@')) return silence
          return line.includes('slow@')
            ? { kind: 'later', afterMs: 1500, reply: '250 2.1.5 Ok' }
            : '250 2.1.5 Ok'
        },
        message: { kind: 'later', afterMs: 100, reply: '250 2.0.0 Ok' },
      },
    })
    gateway = await startGateway({
      nodes: 0,
      plugins: ['inside', 'gateway/mail-core', 'gateway/uri-lists', 'gateway/next-hops'],
      ownPlugins: { inside },
      settings: settings({}),
      files: { 'lists/blocked-domains.txt': 'blocked.example\n' },
    })
    const client = await greeted()
    pid = Number(/process (\d+)/.exec(await client.send('VRFY who'))?.[1])
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
  })
  afterEach(() => {
    for (const client of opened.splice(0)) client.close()
  })

  const settings = (more: Record<string, unknown>) => ({
    next_hops: { 'here.net': { host: '127.0.0.1', port: hop.port, tls: 'off' } },
    uri_blocklists: { custom: [{ file: 'lists/blocked-domains.txt' }] },
    ...more,
  })
  const greeted = async (ip = '192.0.2.1'): Promise<SmtpClient & { greeting: string }> => {
    const client = await gateway.client(ip)
    opened.push(client)
    return client
  }
  const atRcpt = async (): Promise<SmtpClient> => {
    const client = await greeted()
    await client.send('EHLO client.example.org')
    await client.send('MAIL FROM:<anna@sender.example>')
    return client
  }
  const atData = async (): Promise<SmtpClient> => {
    const client = await atRcpt()
    assert.match(await client.send('RCPT TO:<bob@here.net>'), /^250 /)
    assert.match(await client.send('DATA'), /^354 /)
    return client
  }
  const hand = async (bytes: string | Buffer): Promise<string> => {
    const client = await atData()
    client.write(bytes)
    return client.send('.')
  }
  /** What the next hop got of the last message, its header of ours left out. */
  const delivered = (): string => {
    const text = hop.messages().at(-1)?.toString('latin1') ?? ''
    return text.slice(text.indexOf('Subject: '))
  }
  const serves = async (): Promise<void> => {
    assert.match(await hand('Subject: fine\r\n\r\nHello\r\n'), /^250 /)
  }

  describe('in the message', () => {
    for (const [name, end] of Object.entries({
      'CR . CR LF': 'x\r.\r\n',
      'CR . CR': 'x\r.\rx\r\n',
      'CR LF . CR': 'x\r\n.\rx\r\n',
      'CR CR LF . CR CR LF': 'x\r\r\n.\r\r\n',
      'LF CR . CR LF': 'x\r\n\r.\r\n',
    })) {
      it(`hides no second one behind ${name}`, async () => {
        const smuggled =
          'MAIL FROM:<evil@here.net>\r\nRCPT TO:<bob@here.net>\r\nDATA\r\nSubject: no\r\n\r\nno\r\n'
        assert.match(await hand(`Subject: one\r\n\r\n${end}${smuggled}`), /^250 /)
        assert.doesNotMatch(delivered(), /\r(?!\n)/)
        assert.equal(delivered(), `Subject: one\r\n\r\n${end.replace(/\r(?!\n)/g, ' ')}${smuggled}`)
      })
    }

    for (const [name, end] of Object.entries({
      'LF . LF': 'x\n.\n',
      'LF . CR LF': 'x\n.\r\n',
      'CR LF . LF': 'x\r\n.\n',
    })) {
      it(`hides no second one behind ${name}: the session ends`, async () => {
        const before = hop.messages().length
        const client = await atData()
        client.write(`Subject: one\r\n\r\n${end}MAIL FROM:<evil@here.net>\r\n`)
        assert.match(await client.reply(), /^451 Bare line-feed/)
        await client.closed()
        assert.equal(hop.messages().length, before)
      })
    }

    it('leaves NUL and 8-bit bytes as they are', async () => {
      const text = 'Subject: one\r\n\r\na\0b\r\n\0.\r\n.\0\r\n\xe4\xff\r\n'
      assert.match(await hand(Buffer.from(text, 'latin1')), /^250 /)
      assert.equal(delivered(), text)
    })

    it('may use lines as long as RFC 5321 allows, which arrive as they are', async () => {
      const text = `Subject: one\r\n\r\n${'x'.repeat(998)}\r\n`
      assert.match(await hand(text), /^250 /)
      assert.equal(delivered(), text)
    })

    it('with thousands of header lines gets all of them through, or is refused', async () => {
      const header = (lines: number): string => 'X-Line: y\r\n'.repeat(lines)
      assert.match(await hand(`Subject: one\r\n${header(9000)}X-Last: z\r\n\r\nbody\r\n`), /^250 /)
      assert.equal(delivered(), `Subject: one\r\n${header(9000)}X-Last: z\r\n\r\nbody\r\n`)

      const before = hop.messages().length
      const cpu = cpuMs(pid)
      assert.match(
        await hand(`Subject: one\r\n${header(100_000)}\r\nbody\r\n`),
        /^550 5\.6\.0 .*too many lines/,
      )
      // No blank line: Haraka takes the whole message for its header at first.
      assert.match(
        await hand(`Subject: one\r\n${'text\r\n'.repeat(20_000)}`),
        /^550 5\.6\.0 .*too many lines/,
      )
      assert.equal(hop.messages().length, before)
      assert.ok(cpuMs(pid) - cpu < 5000)
      await serves()
    })

    it('with thousands of MIME parts, nested or not, holds nobody up', async () => {
      const cpu = cpuMs(pid)
      const depth = 1000
      const open = (level: number): string =>
        `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`
      const levels = Array.from({ length: depth }, (_, level) => level)
      const nested = `Subject: nested\r\nMIME-Version: 1.0\r\n${levels.map(open).join('')}Content-Type: text/plain\r\n\r\nhello\r\n${levels
        .toReversed()
        .map((level) => `--b${level}--\r\n`)
        .join('')}`
      assert.match(await hand(nested), /^250 /)
      assert.equal(delivered(), nested)

      const part = '--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n'
      const many = `Subject: many\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(5000)}--b--\r\n`
      assert.match(await hand(many), /^250 /)
      assert.equal(delivered(), many)
      assert.ok(cpuMs(pid) - cpu < 10_000)
    })
  })

  describe('in its commands', () => {
    it('gets none run that came behind the message', async () => {
      const client = await atData()
      client.write('Subject: one\r\n\r\nx\r\n.\r\nMAIL FROM:<evil@here.net>\r\nRCPT TO:<bob@here.net>\r\n')
      assert.match(await client.reply(), /^250 /)
      assert.match(await client.reply(), /^503 /)
      assert.match(await client.reply(), /^503 /)
    })

    it('does not keep the processor busy by speaking before its turn', async () => {
      const client = await atRcpt()
      const before = cpuMs(pid)
      client.write('RCPT TO:<slow@here.net>\r\nNOOP\r\nNOOP\r\n')
      assert.match(await client.reply(), /^250 2\.1\.5/)
      // It was a third of the time and more.
      assert.ok(cpuMs(pid) - before < 300, `${cpuMs(pid) - before} ms`)
      assert.match(await client.reply(), /^250 /)
      assert.match(await client.reply(), /^250 /)
    })

    it('is not read further when it sends more than anyone pipelines', async () => {
      const client = await atRcpt()
      client.write('RCPT TO:<held@here.net>\r\n')
      const flood = client.drained(Buffer.alloc(20 * MIB, 'RSET\r\n'))
      const other = await greeted()
      const [, readBytes] = await eventually('the socket to be paused', async () =>
        /read (\d+) paused true/.exec(await other.send('VRFY held')),
      )
      assert.ok(Number(readBytes) < MIB, `${readBytes} bytes`)
      client.close()
      await flood.catch(() => undefined)
      await serves()
    })

    it('gets a window of pipelined commands answered one by one', async () => {
      const client = await atRcpt()
      const recipients = Array.from({ length: 200 }, (_, index) => `RCPT TO:<user${index}@here.net>\r\n`)
      client.write(`${recipients.join('')}DATA\r\n`)
      for (const recipient of recipients) assert.match(await client.reply(), /^250 /, recipient)
      assert.match(await client.reply(), /^354 /)
    })

    it('is told to send to the others later when a message has too many recipients', async () => {
      const client = await atRcpt()
      const replies = new Map<string, number>()
      const [total, window] = [10_000, 500]
      for (let sent = 0; sent < total; sent += window) {
        const commands = Array.from({ length: window }, (_, i) => `RCPT TO:<u${sent + i}@here.net>\r\n`)
        client.write(commands.join(''))
        for (let i = 0; i < window; i += 1) {
          const code = (await client.reply()).slice(0, 9)
          replies.set(code, (replies.get(code) ?? 0) + 1)
        }
      }
      const most = 1000
      assert.deepEqual(
        [...replies],
        [
          ['250 2.1.5', most],
          ['452 4.5.3', total - most],
        ],
      )
      assert.match(await client.send('DATA'), /^354 /)
      const before = hop.messages().length
      client.write('Subject: one\r\n\r\nx\r\n')
      assert.match(await client.send('.'), /^250 /)
      assert.equal(hop.messages().length, before + 1)
      const [session] = hop.sessions.filter(({ commands }) => commands.includes('RCPT TO:<u0@here.net>'))
      const told = session?.commands.filter((command) => /^RCPT TO:<u\d+@/.test(command)) ?? []
      assert.equal(told.length, most)
      assert.equal(new Set(told).size, most)
    })

    it('ends at lines that are too long, and at NUL it is told so', async () => {
      const long = await greeted()
      long.write('x'.repeat(5000))
      assert.match(await long.reply(), /^521 /)
      await long.closed()
      const nul = await greeted()
      assert.match(await nul.send('EH\0LO x'), /^5/)
      assert.match(await nul.send('EHLO client\0.example.org'), /^(?:250|5)/)
      await serves()
    })
  })

  describe('that only holds its connection', () => {
    /** One at each stage of a session. */
    const stages: Readonly<Record<string, readonly string[]>> = {
      'before EHLO': [],
      'after EHLO': ['EHLO a.example.org'],
      'after MAIL': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>'],
      'after RCPT': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>', 'RCPT TO:<bob@here.net>'],
      'in the message': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>', 'RCPT TO:<bob@here.net>', 'DATA'],
    }

    it('is told 421 at every stage, one byte at a time or not', async () => {
      const clients = await Promise.all(
        Object.entries(stages).map(async ([stage, commands]) => {
          const client = await greeted()
          for (const command of commands) assert.match(await client.send(command), /^[23]/, stage)
          return { stage, client }
        }),
      )
      const trickle = setInterval(() => {
        for (const { client } of clients) client.write('x')
      }, 50)
      try {
        const other = await greeted()
        await other.send('VRFY later-6')
        for (const { stage, client } of clients) {
          assert.match(await client.reply(), /^421 4\.4\.2 /, stage)
          await client.closed()
        }
      } finally {
        clearInterval(trickle)
      }
      await serves()
    })

    it('is let alone while it sends at a pace of some kind', async () => {
      const client = await atData()
      await client.drained(`Subject: one\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(1000))
      const other = await greeted()
      // 70 kB in 6 minutes.
      await other.send('VRFY later-6')
      await sleep(2500)
      assert.match(await client.send('.'), /^250 /)
    })

    it('is told 421 in the end when it says NOOP for ever', async () => {
      const client = await greeted()
      await client.send('EHLO a.example.org')
      const other = await greeted()
      for (let minute = 0; minute < 52; minute += 4) {
        await other.send('VRFY later-4')
        assert.match(await client.send('NOOP'), /^250 /)
      }
      assert.match(await client.reply(), /^421 4\.4\.2 /)
    })

    it('gets no more connections than a host may have; others come in', async () => {
      await gateway.changeSettings(settings({ max_connections_per_host: 5 }))
      const many = await Promise.all(Array.from({ length: 8 }, () => greeted('198.51.100.7')))
      const greetings = many.map(({ greeting }) => greeting.slice(0, 9))
      assert.deepEqual(greetings.filter((greeting) => greeting === '421 4.7.0').length, 3)
      assert.match((await greeted('198.51.100.8')).greeting, /^220 /)
      assert.match((await greeted('10.0.0.1')).greeting, /^220 /)
      const sixth = await Promise.all(
        Array.from({ length: 6 }, (_, host) => greeted(`2001:db8:0:1::${host + 1}`)),
      )
      assert.equal(sixth.filter(({ greeting }) => greeting.startsWith('421')).length, 1)
      for (const client of many) client.close()
      await eventually('room for another', async () =>
        (await greeted('198.51.100.7')).greeting.startsWith('220'),
      )
      await gateway.changeSettings(settings({}))
    })

    it('cannot take the connections of all: programs of this machine come in, and slow ones go first', async () => {
      await gateway.changeSettings(settings({ max_connections: 10, max_connections_per_host: 100 }))
      const many = await Promise.all(
        Array.from({ length: 12 }, (_, host) => greeted(`203.0.113.${host + 1}`)),
      )
      const refused = many.filter(({ greeting }) => greeting.startsWith('421 4.7.0')).length
      // Those of the tests before may still be on their way out.
      assert.ok(refused >= 2 && refused < 7, `${refused} refused`)
      assert.match((await greeted('127.0.0.1')).greeting, /^220 /)
      await gateway.logged(/more than max_connections \(10\)/)
      const [first] = many
      const reply = first?.reply()
      // A minute: much less than the 300 s of quiet days.
      const program = await greeted('127.0.0.1')
      await program.send('VRFY later-1')
      assert.match((await reply) ?? '', /^421 4\.4\.2 /)
      await eventually('room for another', async () =>
        (await greeted('203.0.113.99')).greeting.startsWith('220'),
      )
      await gateway.changeSettings(settings({}))
    })
  })

  it('is not told 421 while it is the gateway that keeps silent', async () => {
    assert.match(await hand('Subject: timeout\r\n\r\nx\r\n'), /^250 2\.0\.0 Ok/)
  })
})
