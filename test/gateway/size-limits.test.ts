import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { startGateway, type Gateway } from '../support/gateway'
import type { SmtpClient } from '../support/smtp-client'

const MB = 1_000_000

/** Who the clients are by reverse DNS, and where those names lead. */
const records: Record<string, string> = {
  'PTR 9.113.0.203.in-addr.arpa': 'mx.partner.test',
  'A mx.partner.test': '203.0.113.9',
  // Claims a name that is not its own.
  'PTR 10.113.0.203.in-addr.arpa': 'mx.partner.test',
}

describe('size-limits', function () {
  this.timeout(60_000)
  let dns: DnsServer
  let gateway: Gateway
  const opened: SmtpClient[] = []

  const settings = (message_size: Record<string, unknown>): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 1000 },
    next_hops: { 'here.test': { maildir: 'maildir' } },
    message_size,
  })
  const limits = {
    limit: MB,
    hosts: { '192.0.2.0/24': 50_000, '192.0.2.7': 200_000, '.partner.test': 20_000 },
    senders: { 'big@example.org': 30_000, '@example.net': 10_000 },
    recipients: { 'small@here.test': 5000 },
  }
  const connect = async (ip: string) => {
    const client = await gateway.client(ip)
    opened.push(client)
    return client
  }
  const advertised = async (ip: string): Promise<number> => {
    const client = await connect(ip)
    const reply = await client.send('EHLO client.example.org')
    return Number(/^250[- ]SIZE (\d+)$/m.exec(reply)?.[1])
  }
  const message = (bytes: number): string =>
    `Subject: x\r\n\r\n${'x'.repeat(78)}\r\n`.padEnd(80) + lines(bytes)
  const lines = (bytes: number): string => `${'y'.repeat(78)}\r\n`.repeat(Math.ceil(bytes / 80))
  const send = async (ip: string, from: string, to: string, bytes: number): Promise<string> => {
    const client = await connect(ip)
    return client.sendMail({ from, to, message: message(bytes) })
  }

  before(async () => {
    dns = await createDnsServer(({ name, type }) => {
      const value = records[`${type} ${name}`]
      return value
        ? { answers: [{ type, value, ttl: 60 } as never] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } }
    })
    gateway = await startGateway({
      nodes: 2,
      plugins: ['gateway/mail-core', 'gateway/size-limits', 'gateway/next-hops'],
      settings: settings(limits),
    })
  })
  afterEach(() => {
    for (const client of opened.splice(0)) client.close()
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  it('are advertised for each client: by address, network and confirmed name', async () => {
    assert.equal(await advertised('198.51.100.1'), MB)
    assert.equal(await advertised('192.0.2.1'), 50_000)
    assert.equal(await advertised('192.0.2.7'), 200_000)
    assert.equal(await advertised('203.0.113.9'), 20_000)
    assert.equal(await advertised('203.0.113.10'), MB)
  })

  it('refuse a declared size at MAIL by client and sender, and at RCPT by recipient', async () => {
    const client = await connect('192.0.2.1')
    await client.send('EHLO client.example.org')
    const tooBig = /^552 5\.3\.4 Message too big!$/
    assert.match(await client.send('MAIL FROM:<a@example.org> SIZE=50001'), tooBig)
    assert.match(await client.send('MAIL FROM:<big@example.org> SIZE=30001'), tooBig)
    assert.match(await client.send('MAIL FROM:<a@example.net> SIZE=10001'), tooBig)
    assert.match(await client.send('MAIL FROM:<big@example.org> SIZE=30000'), /^250/)
    assert.match(await client.send('RCPT TO:<small@here.test>'), tooBig)
    assert.match(await client.send('RCPT TO:<bob@here.test>'), /^250/)
  })

  it('refuse what really came at end of data, and deliver nothing of it', async () => {
    for (const [ip, from, to, bytes] of [
      ['198.51.100.1', 'a@example.org', 'bob@here.test', MB + 1000],
      ['192.0.2.1', 'a@example.org', 'bob@here.test', 51_000],
      ['203.0.113.9', 'a@example.org', 'bob@here.test', 21_000],
      ['198.51.100.1', 'a@example.net', 'bob@here.test', 11_000],
      ['198.51.100.1', 'a@example.org', 'small@here.test', 6000],
    ] as const) {
      assert.match(await send(ip, from, to, bytes), /^552 5\.3\.4 Message too big!$/, `${ip} ${from} ${to}`)
    }
    assert.deepEqual(gateway.maildir(), [])
    assert.match(await send('198.51.100.1', 'a@example.org', 'bob@here.test', 900_000), /^250/)
    assert.equal(gateway.maildir().length, 1)
  })

  it('go on with the session after a refusal', async () => {
    const client = await connect('192.0.2.1')
    assert.match(
      await client.sendMail({ from: 'a@example.org', to: 'bob@here.test', message: message(51_000) }),
      /^552/,
    )
    assert.match(
      await client.sendMail({ from: 'a@example.org', to: 'bob@here.test', message: message(1000) }),
      /^250/,
    )
  })

  it('keep memory bounded, however much is sent', async () => {
    const before = memoryOfWorkers(gateway)
    const client = await connect('198.51.100.1')
    for (const command of [
      'EHLO c.example.org',
      'MAIL FROM:<a@example.org>',
      'RCPT TO:<bob@here.test>',
      'DATA',
    ]) {
      assert.match(await client.send(command), /^[23]/)
    }
    const chunk = Buffer.from(lines(MB))
    let peak = 0
    for (let sent = 0; sent < 100; sent++) {
      await client.drained(chunk)
      peak = Math.max(peak, memoryOfWorkers(gateway))
    }
    assert.match(await client.send('.'), /^552 5\.3\.4/)
    assert.ok(peak - before < 150 * MB, `grew by ${Math.round((peak - before) / MB)} MB`)
  })

  it('follow the settings, in open sessions too', async () => {
    const client = await connect('198.51.100.1')
    await client.send('EHLO client.example.org')
    await gateway.changeSettings(settings({ limit: 2000 }))
    assert.match(await client.send('MAIL FROM:<a@example.org> SIZE=2001'), /^552 5\.3\.4/)
    assert.equal(await advertised('192.0.2.7'), 2000)
  })

  it('may be 100,000', async () => {
    const many = Array.from({ length: 100_000 }, (_, n): [string, number] => [
      `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
      2048 + n,
    ])
    await gateway.changeSettings(settings({ limit: MB, hosts: Object.fromEntries(many) }))
    assert.equal(await advertised('10.1.134.159'), 2048 + 99_999)
    assert.equal(await advertised('10.0.0.0'), 2048)
    assert.equal(await advertised('198.51.100.1'), MB)
  })
})

/** Resident memory of the processes that belong to the gateway, in bytes. */
function memoryOfWorkers(gateway: Gateway): number {
  const workers = [...gateway.log().matchAll(/worker started worker=\d+ pid=(\d+)/g)].map(
    ([, pid = '']) => pid,
  )
  const alive = new Set(readdirSync('/proc'))
  return workers
    .filter((pid) => alive.has(pid))
    .map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0)
}
