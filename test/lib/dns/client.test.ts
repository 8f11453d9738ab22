import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../support/eventually'
import { createDnsClient, type DnsClient, type DnsClientOptions } from '../../../plugins/lib/dns'
import { allKnown } from '../../../plugins/lib/pending'
import type { Log } from '../../../plugins/lib/log'
import { createDnsServer, zone, type DnsHandler, type DnsServer, type Reply } from '../../support/dns-server'
import { createTestClock } from './test-clock'
import { freeUdpPort } from '../../support/free-port'

const patientMs = 10_000
const silence: Reply = { drop: true }
const listed = { kind: 'records', records: ['127.0.0.2'], ttlSeconds: 300 } as const
const oneListing = zone({ '2.0.0.127.bl.test': ['127.0.0.2'] })

describe('DNS client', () => {
  const cleanUps: (() => void | Promise<void>)[] = []
  let logged: string[] = []

  const collect = (level: string) => (line: string) => void logged.push(`${level}: ${line}`)
  const log: Log = {
    debug: collect('debug'),
    info: collect('info'),
    notice: collect('notice'),
    warn: collect('warn'),
    error: collect('error'),
  }

  async function startServer(handler: DnsHandler, port?: number): Promise<DnsServer> {
    const server = await createDnsServer(handler, port === undefined ? {} : { port })
    cleanUps.push(() => server.close())
    return server
  }

  function startClient(
    servers: readonly (DnsServer | string)[],
    { timeoutMs = patientMs, ...options }: Omit<DnsClientOptions, 'settings'> & { timeoutMs?: number } = {},
  ): DnsClient {
    const addresses = servers.map((server) => (typeof server === 'string' ? server : server.address))
    const client = createDnsClient({ settings: { servers: addresses, timeoutMs }, log, ...options })
    cleanUps.push(() => {
      client.close()
    })
    return client
  }

  async function start(handler: DnsHandler, options?: Parameters<typeof startClient>[1]) {
    const server = await startServer(handler)
    return { server, client: startClient([server], options) }
  }

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
    logged = []
  })

  it('asks nothing again whose answer has arrived while the process was busy', async () => {
    const { client } = await start(
      (question) => {
        // Before the client's socket is looked at, and longer than the time after which it asks again.
        setImmediate(() => {
          for (const end = performance.now() + 1100; performance.now() < end;);
        })
        return oneListing(question)
      },
      { timeoutMs: 6000 },
    )
    assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
    assert.equal(client.stats().retransmissions, 0)
  })

  it('tells records, absent records and absent names apart', async () => {
    const { client } = await start(oneListing)
    assert.deepEqual(await client.lookup('2.0.0.127.BL.test.', 'A'), listed)
    assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'TXT'), { kind: 'nodata', ttlSeconds: 60 })
    assert.deepEqual(await client.lookup('1.0.0.127.bl.test', 'A'), { kind: 'nxdomain', ttlSeconds: 60 })
  })

  it('asks over IPv6', async function () {
    const server = await createDnsServer(oneListing, { host: '::1' }).catch(() => undefined)
    if (!server) this.skip()
    cleanUps.push(() => server.close())
    assert.deepEqual(await startClient([server]).lookup('2.0.0.127.bl.test', 'A'), listed)
  })

  it('tells each question that is sent, as the server counts them: retransmissions and checks, nothing cached', async () => {
    const sent: string[] = []
    let silences = 1
    const { client, server } = await start(
      (query) => (query.name === 'slow.bl.test' && silences-- > 0 ? [] : oneListing(query)),
      { onSent: (name) => sent.push(name) },
    )
    for (let i = 0; i < 3; i++) await client.lookup('2.0.0.127.BL.test.', 'A')
    await client.lookup('slow.bl.test', 'A')
    const seen = (): string[] => server.queries.map(({ name }) => (name === '.' ? '' : name))
    await eventually('all to have come', () => seen().length === sent.length)
    assert.deepEqual(sent.toSorted(), seen().toSorted())
    assert.equal(sent.filter((name) => name === 'slow.bl.test').length, 2)
  })

  it('does not ask for names that cannot exist', async () => {
    const { client, server } = await start(oneListing)
    for (const name of ['a..test', `${'a'.repeat(64)}.test`, 'a.'.repeat(150), 'münchen.de', 'a b.test']) {
      assert.deepEqual(await client.lookup(name, 'A'), { kind: 'nxdomain', ttlSeconds: 0 })
    }
    assert.equal(server.queries.length, 0)
  })

  describe('who is believed', () => {
    const lie = { answers: [{ type: 'A', value: '127.0.0.66' }] } as const
    const truth: Reply = { answers: [{ type: 'A', value: '127.0.0.2' }], delayMs: 30 }
    const lies: Record<string, Reply> = {
      'another id': { ...lie, wrongId: true },
      'another question': { ...lie, wrongQuestion: true },
      'a question with one more label': { ...lie, wrongQuestion: 'x.2.0.0.127.bl.test' },
      'another port': { ...lie, fromOtherPort: true },
      'no bytes at all': { garbage: Buffer.alloc(0) },
      'one byte': { garbage: Buffer.from([1]) },
      'bytes without sense': { garbage: Buffer.alloc(300, 0xc0) },
      'more answers announced than there are': { ...lie, claimedAnswers: 10_000 },
    }
    for (const [what, reply] of Object.entries(lies)) {
      it(`not an answer with ${what}`, async () => {
        const { client } = await start(() => [reply, truth])
        assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
      })
    }

    it('counts what it ignores', async () => {
      const { client } = await start(() => [
        { ...lie, wrongId: true },
        { ...lie, wrongQuestion: true },
        truth,
      ])
      await client.lookup('2.0.0.127.bl.test', 'A')
      assert.equal(client.stats().servers[0]?.ignored, 2)
    })

    it('asks from several ports', async () => {
      const { client, server } = await start(() => ({}))
      await allKnown(Array.from({ length: 64 }, (_, n) => client.lookup(`${n}.test`, 'A')))
      assert.ok(new Set(server.queries.map((query) => query.clientPort)).size >= 2)
    })
  })

  describe('large answers', () => {
    it('are fetched over TCP when they are truncated', async () => {
      const answers = Array.from({ length: 40 }, (_, n) => ({ type: 'A' as const, value: `127.0.0.${n}` }))
      const { client, server } = await start(() => ({ truncate: true, answers }))
      const answer = await client.lookup('many.test', 'A')
      assert.equal(answer.kind === 'records' && answer.records.length, 40)
      assert.deepEqual(server.queries.map(({ transport }) => transport), ['udp', 'tcp']) // prettier-ignore
    })

    it('with as many records as a message holds lose all but the first 64', async () => {
      const answers = Array.from({ length: 4000 }, () => ({ type: 'A' as const, value: '127.0.0.2' }))
      const { client } = await start(() => ({ answers, claimedAnswers: 10_000 }))
      const answer = await client.lookup('many.test', 'A')
      assert.equal(answer.kind === 'records' && answer.records.length, 64)
    })

    it('are a failure when TCP brings none', async () => {
      const { client } = await start(({ transport }) => (transport === 'udp' ? { truncate: true } : { garbage: Buffer.alloc(9) })) // prettier-ignore
      assert.deepEqual(await client.lookup('many.test', 'A'), { kind: 'failed', rcode: 'TRUNCATED' })
    })

    it('that do not come over TCP are given up at the deadline', async () => {
      const { client } = await start(
        ({ transport }) => (transport === 'udp' ? { truncate: true } : silence),
        {
          timeoutMs: 1500,
        },
      )
      assert.equal((await client.lookup('many.test', 'A')).kind, 'timeout')
      assert.equal(client.stats().inFlight, 0)
    })
  })

  it('asks without EDNS a server that cannot read it', async () => {
    const { client, server } = await start(({ edns, ...query }) => (edns ? { rcode: 'FORMERR' } : oneListing({ edns, ...query }))) // prettier-ignore
    assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
    await client.lookup('1.0.0.127.bl.test', 'A')
    assert.deepEqual(server.queries.map(({ edns }) => edns), [true, false, false]) // prettier-ignore
  })

  describe('cache', () => {
    it('answers until the TTL is over, unless a fresh answer is wanted', async () => {
      const clock = createTestClock()
      const { client, server } = await start(oneListing, { clock })
      await client.lookup('2.0.0.127.bl.test', 'A')
      clock.advance(299_000)
      assert.deepEqual(await client.lookup('2.0.0.127.BL.test', 'A'), { ...listed, ttlSeconds: 1 })
      assert.equal(server.queries.length, 1)
      await client.lookup('2.0.0.127.bl.test', 'A', { fresh: true })
      assert.equal(server.queries.length, 2)
      clock.advance(300_000)
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
      assert.equal(server.queries.length, 3)
    })

    it('keeps negative answers for as long as the SOA says, and not at all without one', async () => {
      const clock = createTestClock()
      const soa = { ttl: 900, minimum: 40 }
      const { client, server } = await start(
        ({ name }) => (name.startsWith('bare') ? { rcode: 'NXDOMAIN' } : { rcode: 'NXDOMAIN', soa }),
        { clock },
      )
      const ask = () => Promise.all([client.lookup('a.test', 'A'), client.lookup('bare.test', 'A')])
      await ask()
      clock.advance(39_000)
      assert.deepEqual(await ask(), [
        { kind: 'nxdomain', ttlSeconds: 1 },
        { kind: 'nxdomain', ttlSeconds: 0 },
      ])
      assert.equal(server.queries.length, 3)
      clock.advance(1000)
      await ask()
      assert.equal(server.queries.length, 5)
    })

    it('keeps no failures', async () => {
      const { client, server } = await start(() => ({ rcode: 'SERVFAIL' }))
      await client.lookup('a.test', 'A')
      server.setHandler(() => ({}))
      assert.equal((await client.lookup('a.test', 'A')).kind, 'nodata')
    })
  })

  it('asks equal questions in flight once', async () => {
    const { client, server } = await start(async (query) => {
      await sleep(50)
      return oneListing(query)
    })
    const lookups = Array.from({ length: 100 }, () => client.lookup('2.0.0.127.bl.test', 'A'))
    for (const answer of await allKnown(lookups)) assert.deepEqual(answer, listed)
    assert.equal(server.queries.length, 1)
    assert.equal(client.stats().coalesced, 99)
  })

  it('gives who joins a question a deadline of his own', async () => {
    let answer: (reply: Reply) => void = () => undefined
    const reply = new Promise<Reply>((resolve) => (answer = resolve))
    const { client } = await start(({ name }) => (name === 'slow.test' ? reply : {}))
    const patient = client.lookup('slow.test', 'A')
    const hasty = await client.lookup('slow.test', 'A', { timeoutMs: 100 })
    assert.ok(hasty.kind === 'timeout' || hasty.kind === 'unreachable')
    assert.equal(client.isReachable(), true)
    answer({ answers: [{ type: 'A', value: '127.0.0.2' }] })
    assert.deepEqual(await patient, listed)
  })

  it('sends again when a datagram was lost', async () => {
    const { client, server } = await start(oneListing)
    let lost = 0
    server.setHandler((query) => (lost++ === 0 ? silence : oneListing(query)))
    assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A', { timeoutMs: 3000 }), listed)
    assert.equal(client.stats().retransmissions, 1)
  })

  it('takes an answer to an earlier transmission', async () => {
    let first: Promise<void> | undefined
    const { client } = await start((query) => {
      if (query.name !== '2.0.0.127.bl.test') return {}
      if (first) return silence
      first = sleep(700)
      return { answers: [{ type: 'A', value: '127.0.0.2' }], delayMs: 700 }
    })
    assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A', { timeoutMs: 1800 }), listed)
    assert.ok(client.stats().retransmissions >= 1)
  })

  it('blames the question when the server answers others', async () => {
    const { client } = await start(({ name }) => (name === 'slow.test' ? silence : {}), { timeoutMs: 1500 })
    assert.deepEqual(await client.lookup('slow.test', 'A'), { kind: 'timeout', timeoutMs: 1500 })
    assert.equal(client.isReachable(), true)
    assert.deepEqual(logged, [])
  })

  it('settles a thousand lookups that nobody answers, and keeps nothing of them', async () => {
    const { client } = await start(({ name }) => (name.endsWith('dead.test') ? silence : {}), {
      timeoutMs: 600,
    })
    const lookups = Array.from({ length: 1000 }, (_, n) => client.lookup(`${n}.dead.test`, 'A'))
    for (const { kind } of await allKnown(lookups)) assert.match(kind, /^(?:timeout|unreachable)$/)
    assert.equal(client.stats().inFlight, 0)
    assert.equal(client.stats().cached, 0)
  })

  it('turns away more questions than are sane', async () => {
    const { client } = await start(() => silence)
    const lookups = Array.from({ length: 8200 }, (_, n) => client.lookup(`${n}.test`, 'A'))
    assert.equal(client.stats().inFlight, 8192)
    assert.equal(client.stats().overflows, 8)
    assert.deepEqual(await lookups.at(-1), { kind: 'unreachable' })
  })

  describe('when nothing answers', () => {
    it('waits for one deadline, says so once, and goes on when the server is back', async () => {
      const { client, server } = await start(oneListing, { timeoutMs: 300 })
      await client.lookup('2.0.0.127.bl.test', 'A', { timeoutMs: patientMs })
      await server.close()
      assert.deepEqual(await client.lookup('a.test', 'A'), { kind: 'unreachable' })
      assert.equal(client.isReachable(), false)

      const { servers } = client.stats()
      const later = Array.from({ length: 50 }, (_, n) =>
        client.lookup(`${n}.test`, 'A', { timeoutMs: 60_000 }),
      )
      for (const answer of await allKnown(later)) assert.deepEqual(answer, { kind: 'unreachable' })
      assert.ok((client.stats().servers[0]?.sent ?? 0) - (servers[0]?.sent ?? 0) < 50)
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed, 'cached answers stay')
      assert.equal(logged.length, 1)
      assert.ok(logged[0]?.startsWith(`warn: DNS server ${server.address} does not answer: mail passes`))

      await startServer(oneListing, server.port)
      await waitUntil(() => client.isReachable())
      assert.deepEqual(await client.lookup('1.0.0.127.bl.test', 'A', { timeoutMs: patientMs }), {
        kind: 'nxdomain',
        ttlSeconds: 60,
      })
      assert.equal(logged.length, 2)
      assert.match(logged[1] ?? '', /^notice: DNS answers again after \d+ s/)
    })

    it('settles at once what is still waiting', async () => {
      const { client } = await start(() => silence, { timeoutMs: 300 })
      const patient = client.lookup('patient.test', 'A', { timeoutMs: 60_000 })
      await client.lookup('a.test', 'A')
      assert.deepEqual(await patient, { kind: 'unreachable' })
    })

    it('is seen by impatient callers as well', async () => {
      const { client } = await start(() => silence, { timeoutMs: 400 })
      for (let n = 0; client.isReachable(); n++) {
        assert.ok(n < 20)
        assert.equal((await client.lookup(`${n}.test`, 'A', { timeoutMs: 100 })).kind, 'unreachable')
      }
    })

    it('comes back by the last question answered when the server ignores the root', async () => {
      const answersNames: DnsHandler = (query) => (query.type === 'NS' ? silence : oneListing(query))
      const { client, server } = await start(answersNames, { timeoutMs: 300 })
      await client.lookup('2.0.0.127.bl.test', 'A', { timeoutMs: patientMs })
      server.setHandler(() => silence)
      assert.equal((await client.lookup('a.test', 'A')).kind, 'unreachable')
      server.setHandler(answersNames)
      await waitUntil(() => client.isReachable())
    })
  })

  describe('several servers', () => {
    it('are asked in their order', async () => {
      const [first, second] = [await startServer(oneListing), await startServer(oneListing)]
      const client = startClient([first, second])
      for (let n = 0; n < 5; n++) await client.lookup(`${n}.test`, 'A')
      assert.deepEqual([first.queries.length, second.queries.length], [5, 0])
    })

    it('lose one whose port is closed without a wait', async () => {
      const second = await startServer(oneListing)
      const client = startClient([`127.0.0.1:${await freeUdpPort()}`, second])
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
      const { retransmissions } = client.stats()
      for (let n = 0; n < 5; n++) await client.lookup(`${n}.test`, 'A')
      assert.equal(client.stats().retransmissions, retransmissions)
      assert.equal(client.isReachable(), true)
    })

    it('cost one retransmission when the first keeps silent, and are in order again when it answers', async () => {
      const first = await startServer(() => silence)
      const second = await startServer(oneListing)
      const client = startClient([first, second], { timeoutMs: 3000 })
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
      for (let n = 0; n < 5; n++) await client.lookup(`${n}.test`, 'A')
      assert.equal(client.stats().retransmissions, 1)

      first.setHandler(oneListing)
      await waitUntil(() => (client.stats().servers[0]?.replies ?? 0) > 0)
      const before = second.queries.length
      await client.lookup('again.test', 'A')
      assert.equal(second.queries.length, before)
      assert.ok(first.queries.some(({ name }) => name === 'again.test'))
    })

    for (const rcode of ['SERVFAIL', 'REFUSED'] as const) {
      it(`are asked in turn after ${rcode}`, async () => {
        const first = await startServer(() => ({ rcode }))
        const second = await startServer(oneListing)
        const client = startClient([first, second])
        assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
        second.setHandler(() => ({ rcode }))
        assert.deepEqual(await client.lookup('a.test', 'A'), { kind: 'failed', rcode })
      })
    }

    it('need not wait for the dead one when the other has failed', async () => {
      const dead = await startServer(() => silence)
      const failing = await startServer(oneListing)
      const client = startClient([dead, failing], { timeoutMs: 3000 })
      await client.lookup('2.0.0.127.bl.test', 'A')
      failing.setHandler(() => ({ rcode: 'SERVFAIL' }))
      const { retransmissions } = client.stats()
      assert.deepEqual(await client.lookup('a.test', 'A'), { kind: 'failed', rcode: 'SERVFAIL' })
      assert.equal(client.stats().retransmissions, retransmissions)
    })
  })

  describe('new settings', () => {
    it('move what is in flight to the new servers and forget the old answers', async () => {
      const old = await startServer((query) => (query.name === 'waiting.test' ? silence : oneListing(query)))
      const next = await startServer(() => ({ answers: [{ type: 'A', value: '127.0.0.3' }] }))
      const client = startClient([old])
      await client.lookup('2.0.0.127.bl.test', 'A')
      const waiting = client.lookup('waiting.test', 'A')
      client.reconfigure({ servers: [next.address], timeoutMs: patientMs })
      const expected = { ...listed, records: ['127.0.0.3'] }
      assert.deepEqual(await waiting, expected)
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), expected)
    })

    it('with a server that is none change nothing', async () => {
      const { client } = await start(oneListing)
      assert.throws(() => { client.reconfigure({ servers: ['localhost'], timeoutMs: 1 }) }, /'localhost' is not a DNS server/) // prettier-ignore
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
    })

    it('end an outage', async () => {
      const { client, server } = await start(() => silence, { timeoutMs: 300 })
      await client.lookup('a.test', 'A')
      const next = await startServer(oneListing)
      client.reconfigure({ servers: [next.address], timeoutMs: patientMs })
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), listed)
      assert.notEqual(next.address, server.address)
    })
  })

  it('without servers in the settings asks those of resolv.conf, and follows its changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dns-client-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const resolvConf = join(folder, 'resolv.conf')
    await writeFile(resolvConf, 'nameserver 127.1.2.1\nnameserver 127.1.2.2\n')
    const clock = createTestClock()
    const client = startClient([], { resolvConf, clock, timeoutMs: 50 })
    const addresses = () => client.stats().servers.map(({ address }) => address)
    assert.deepEqual(addresses(), ['127.1.2.1:53', '127.1.2.2:53'])
    await writeFile(resolvConf, 'nameserver 127.1.2.3\n')
    clock.advance(5000)
    await client.lookup('a.test', 'A')
    await waitUntil(() => addresses().join() === '127.1.2.3:53')
  })

  it('answers what waits when it is closed, and asks nothing more', async () => {
    const { client, server } = await start(() => silence)
    const waiting = client.lookup('a.test', 'A')
    client.close()
    assert.deepEqual(await waiting, { kind: 'unreachable' })
    assert.deepEqual(await client.lookup('b.test', 'A'), { kind: 'unreachable' })
    assert.ok(server.queries.every(({ name }) => name !== 'b.test'))
    client.close()
  })
})

async function waitUntil(isTrue: () => boolean) {
  const giveUpAt = Date.now() + 15_000
  while (!isTrue()) {
    assert.ok(Date.now() < giveUpAt, 'waited for 15 s')
    await sleep(10)
  }
}
