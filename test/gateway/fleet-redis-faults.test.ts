import assert from 'node:assert/strict'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, startLoad, type MailLedger } from '../support/mail-ledger'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'
import { startRedisProxy, type RedisFault, type RedisProxy } from '../support/redis-proxy'

/** Each on a gateway of its own, all at once: a fault is noticed when something is asked, every ten seconds. */
const FAULTS = ['slow', 'hanging', 'garbage', 'full'] as const
type Fault = (typeof FAULTS)[number]

interface Case {
  readonly fault: Fault
  readonly redis: RedisServer
  readonly proxy: RedisProxy
  readonly gateway: Gateway
  readonly ledger: MailLedger
}

describe('mail while the Redis of a fleet', function () {
  this.timeout(180_000)
  let dns: DnsServer
  let isListDead = false
  const cases: Case[] = []

  async function start(fault: Fault): Promise<Case> {
    const redis = await startRedis()
    const proxy = await startRedisProxy(redis.port)
    const gateway = await startGateway({
      plugins: ['gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops'],
      hostname: `${fault}.gateway.test`,
      nodes: 0,
      settings: {
        dns: { servers: [dns.address], timeout: 1000, retest: 1 },
        fleet: { redis: proxy.url, name: 'test' },
        next_hops: { 'here.test': { maildir: 'maildir' } },
        ip_blocklists: { custom: [{ zone: 'bl.test', name: 'Example BL' }] },
      },
    })
    const ledger = createMailLedger({ port: () => gateway.port, ip: '203.0.113.9' })
    await eventually('the node to be in the fleet', () => redis.cli('hlen', '{gateway:test}:nodes') === '1')
    return { fault, redis, proxy, gateway, ledger }
  }

  const setFault = ({ fault, proxy, redis }: Case, isThere: boolean): void => {
    if (fault === 'full') redis.cli('config', 'set', 'maxmemory', isThere ? '1' : '0')
    else proxy.setFault(isThere ? (fault satisfies RedisFault) : 'none')
  }
  const said = (gateway: Gateway): number =>
    gateway.log().match(/fleet: Redis at .* (?:fails .* goes on alone|refuses: )/g)?.length ?? 0

  before(async function () {
    if (!hasRedis()) this.skip()
    dns = await createDnsServer(({ name }) => {
      if (isListDead) return { answers: [{ type: 'A', value: '127.255.255.254', ttl: 1 }] }
      return name === '2.0.0.127.bl.test'
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 1 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 1 } }
    })
    cases.push(...(await Promise.all(FAULTS.map(start))))

    const loads = cases.map(({ ledger }) =>
      startLoad(() => ledger.send({ to: 'bob@here.test' }), { clients: 1, pauseMs: 100 }),
    )
    for (const each of cases) setFault(each, true)
    // What a list does is shared, so each gateway has something to tell; and no command may hold a list up.
    isListDead = true
    await Promise.all(cases.map(({ gateway }) => gateway.logged(/Example BL .* is not asked for now/)))
    isListDead = false
    await Promise.all(cases.map(({ gateway }) => gateway.logged(/Example BL .* is asked again/)))
    await Promise.all(
      cases.map(({ gateway, fault }) =>
        eventually(`it to be said: ${fault}`, () => said(gateway) > 0, 30_000),
      ),
    )
    for (const load of loads) await load.stop()
  })
  after(async () => {
    for (const { gateway, proxy, redis } of cases) {
      await gateway.stop()
      proxy.close()
      await redis.stop()
    }
    await dns.close()
  })

  const of = (fault: Fault): Case => cases.find((each) => each.fault === fault) ?? assert.fail()
  for (const fault of FAULTS) {
    it(`is ${fault}: all of it is taken and delivered once, and the fault is said once`, () => {
      const { gateway, ledger } = of(fault)
      const { sent } = ledger
      assert.ok(sent.length >= 5, `${sent.length} messages`)
      assert.deepEqual(
        sent.filter(({ outcome }) => outcome !== 'acknowledged').map(({ reply }) => reply),
        [],
      )
      const nothing = { lost: [], doubled: [], repeated: [], unexpected: [] }
      assert.deepEqual(ledger.compare(gateway.maildir()), nothing)
      assert.equal(
        said(gateway),
        1,
        gateway
          .log()
          .match(/fleet: .*/g)
          ?.join('\n'),
      )
    })
  }

  it('is well again: the gateways are back by themselves', async () => {
    for (const each of cases) {
      setFault(each, false)
      each.redis.cli('del', '{gateway:test}:nodes')
    }
    // One after the other: each look holds up this process, through which Redis is reached.
    for (const { redis, fault } of cases) {
      const isBack = (): boolean => redis.cli('hlen', '{gateway:test}:nodes') === '1'
      await eventually(`the node to be back: ${fault}`, isBack, 100_000)
    }
    for (const { gateway } of cases) assert.equal(said(gateway), 1)
  })
})
