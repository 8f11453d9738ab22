import assert from 'node:assert/strict'
import { createDnsServer, type DnsHandler, type DnsQuery, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'

const LISTED_IP = '203.0.113.9'
const LISTED_NAME = 'listed-name.net'
/** Asked for in one test only, so that no answer is known already. */
const LISTED_BY_TCP = '203.0.113.10'

const zones: DnsHandler = ({ name }) => {
  const listed = [
    '9.113.0.203.bl.test',
    '10.113.0.203.bl.test',
    '2.0.0.127.bl.test',
    `${LISTED_NAME}.dbl.test`,
    'test.dbl.test',
    '2.0.0.127.uri.test',
  ]
  return listed.includes(name.toLowerCase())
    ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 1 }] }
    : { rcode: 'NXDOMAIN', soa: { minimum: 1, ttl: 1 } }
}

/** What a DNS server may do beside answering. */
const faults: Readonly<Record<string, DnsHandler>> = {
  'is silent': () => ({ drop: true }),
  'is slower than the deadline': async (query) => ({ ...(await right(query)), delayMs: 2000 }),
  'answers SERVFAIL': () => ({ rcode: 'SERVFAIL' }),
  'answers REFUSED': () => ({ rcode: 'REFUSED' }),
  'truncates, over TCP too': async (query) =>
    query.transport === 'udp' ? { truncate: true } : { ...(await right(query)), drop: true },
  'leads everything to its advertisements': () => ({
    answers: [{ type: 'A', value: '198.51.100.80', ttl: 1 }],
  }),
  'answers for other names': () => ({ wrongQuestion: true, answers: [{ type: 'A', value: '127.0.0.2' }] }),
  'answers with other ids': () => ({ wrongId: true, answers: [{ type: 'A', value: '127.0.0.2' }] }),
  'answers from other ports': () => ({ fromOtherPort: true, answers: [{ type: 'A', value: '127.0.0.2' }] }),
  'answers with records of other names': () => ({
    answers: [{ type: 'A', name: 'elsewhere.example', value: '127.0.0.2' }],
  }),
  'promises more records than come': () => ({
    claimedAnswers: 500,
    answers: [{ type: 'A', value: '127.0.0.2' }],
  }),
  'talks nonsense': () => ({ garbage: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }),
}
const right = async (query: DnsQuery) => [await zones(query)].flat()[0] ?? {}

describe('a DNS server that', function () {
  this.timeout(60_000)
  let dns: DnsServer
  let gateway: Gateway
  let hosts = 0

  before(async () => {
    dns = await createDnsServer(zones)
    gateway = await startGateway({
      nodes: 0,
      plugins: ['core', 'ip-lists', 'domain-lists', 'uri-lists', 'next-hops'].map(
        (name) => `gateway/${name === 'core' ? 'mail-core' : name}`,
      ),
      settings: {
        // A list is tested again at once, so that it comes back within the test.
        dns: { servers: [dns.address], timeout: 400, retest: 1 },
        next_hops: { 'here.net': { maildir: 'maildir' } },
        ip_blocklists: { custom: [{ zone: 'bl.test' }] },
        domain_blocklists: { custom: [{ zone: 'dbl.test' }] },
        uri_blocklists: { custom: [{ zone: 'uri.test' }] },
      },
    })
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  const send = async (ip: string, helo = 'client.friendly.net'): Promise<string> => {
    const client = await gateway.client(ip)
    const message = `Subject: x\nMessage-ID: <${++hosts}@friendly.net>\n\nsee http://host${hosts}.friendly.net/\n`
    const reply = await client.sendMail({ from: 'anna@friendly.net', to: 'bob@here.net', message, helo })
    client.close()
    return reply
  }
  /** From addresses of its own each, so that no answer is known already. */
  const goodMailPasses = async (messages = 6): Promise<void> => {
    const clients = Array.from({ length: messages }, () => `198.51.100.${(++hosts % 250) + 1}`)
    const replies = await Promise.all(clients.map((ip) => send(ip)))
    for (const reply of replies) assert.match(reply, /^250 /)
  }
  const listsWork = (): Promise<unknown> =>
    eventually(
      'listed clients to be refused again',
      async () => {
        const replies = await Promise.all([send(LISTED_IP), send('198.51.100.1', LISTED_NAME)])
        return replies.every((reply) => reply.startsWith('550 5.7.1 '))
      },
      30_000,
    )

  beforeEach(listsWork)
  afterEach(async () => {
    dns.setHandler(zones)
    await listsWork()
  })

  for (const [name, handler] of Object.entries(faults)) {
    it(`${name} refuses no good mail, and when it is well again, lists count without a hand`, async () => {
      dns.setHandler(handler)
      await goodMailPasses()
      await goodMailPasses(2)
    })
  }

  it('answers everything with yes costs no more mail than came within seconds', async () => {
    dns.setHandler(() => ({ answers: [{ type: 'A', value: '127.0.0.2', ttl: 1 }] }))
    await eventually(
      'the lists to be found out',
      async () => {
        await send('198.51.100.2')
        return ['bl', 'dbl', 'uri'].every((zone) =>
          new RegExp(`\\b${zone}\\.test.*may list everything`).test(gateway.log()),
        )
      },
      30_000,
    )
    await goodMailPasses()
  })

  it('is gone and comes back does neither', async () => {
    await dns.close()
    await goodMailPasses()
    dns = await createDnsServer(zones, { port: dns.port })
  })

  it('asks for TCP gives its answers there', async () => {
    dns.setHandler(async (query) => ({ ...(await right(query)), truncate: true }))
    await eventually('a listed client to be refused', async () =>
      /^550 5\.7\.1 /.test(await send(LISTED_BY_TCP)),
    )
    assert.ok(
      dns.queries.some(({ transport, name }) => transport === 'tcp' && name === '10.113.0.203.bl.test'),
    )
    await goodMailPasses(2)
  })
})
