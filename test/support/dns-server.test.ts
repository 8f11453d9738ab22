import assert from 'node:assert/strict'
import { promises as dns } from 'node:dns'
import { createDnsServer, zone, type DnsHandler, type DnsServer } from './dns-server'

describe('test DNS server, asked by the resolver of Node', () => {
  let server: DnsServer | undefined

  async function start(handler: DnsHandler) {
    server = await createDnsServer(handler)
    const resolver = new dns.Resolver({ timeout: 5000, tries: 1 })
    resolver.setServers([server.address])
    return { resolver, server }
  }

  afterEach(() => server?.close())

  it('serves a zone and remembers what was asked', async () => {
    const { resolver, server } = await start(zone({ '2.0.0.127.bl.test': ['127.0.0.2', '::ffff:7f00:2'] }))
    assert.deepEqual(await resolver.resolve4('2.0.0.127.BL.test'), ['127.0.0.2'])
    assert.deepEqual(await resolver.resolve6('2.0.0.127.bl.test'), ['::ffff:127.0.0.2'])
    await assert.rejects(resolver.resolve4('3.0.0.127.bl.test'), { code: 'ENOTFOUND' })
    await assert.rejects(resolver.resolveTxt('2.0.0.127.bl.test'), { code: 'ENODATA' })
    assert.deepEqual(
      server.queries.map(({ type, transport }) => `${type} ${transport}`),
      ['A udp', 'AAAA udp', 'A udp', 'TXT udp'],
    )
  })

  it('encodes PTR, TXT and CNAME', async () => {
    const { resolver } = await start(({ name, type }) => {
      if (type === 'PTR') return { answers: [{ type, value: 'mail.example.com' }] }
      if (type === 'TXT') return { answers: [{ type, value: ['one ', 'text'] }] }
      const target = `target.${name}`
      return { answers: [{ type: 'CNAME', value: target }, { type: 'A', name: target, value: '192.0.2.1' }] } // prettier-ignore
    })
    assert.deepEqual(await resolver.resolvePtr('1.2.0.192.in-addr.arpa'), ['mail.example.com'])
    assert.deepEqual(await resolver.resolveTxt('example.com'), [['one ', 'text']])
    assert.deepEqual(await resolver.resolve4('example.com'), ['192.0.2.1'])
  })

  it('truncates over UDP and gives the whole over TCP', async () => {
    const answers = Array.from({ length: 300 }, () => ({ type: 'A' as const, value: '127.0.0.2' }))
    const { resolver, server } = await start(() => ({ answers }))
    assert.equal((await resolver.resolve4('many.test')).length, 300)
    assert.deepEqual(server.queries.map((query) => query.transport), ['udp', 'tcp']) // prettier-ignore
  })

  it('comes back on the same port', async () => {
    const { resolver, server: first } = await start(zone({ 'a.test': ['192.0.2.1'] }))
    await first.close()
    server = await createDnsServer(zone({ 'a.test': ['192.0.2.2'] }), { port: first.port })
    assert.equal(server.address, first.address)
    assert.deepEqual(await resolver.resolve4('a.test'), ['192.0.2.2'])
  })
})
