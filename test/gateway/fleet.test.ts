import assert from 'node:assert/strict'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

const message = 'From: anna@example.org\nSubject: Hello\n\nHello\n'

describe('fleet of gateways', () => {
  let dns: DnsServer
  let redis: RedisServer
  let nodes: readonly [Gateway, Gateway]
  let isListDead = false
  let tests = 0

  before(async function () {
    this.timeout(60_000)
    if (!hasRedis()) this.skip()
    dns = await createDnsServer(({ name }) => {
      if (name === '2.0.0.127.bl.test') tests++
      if (isListDead) return { answers: [{ type: 'A', value: '127.255.255.254', ttl: 1 }] }
      return name === '2.0.0.127.bl.test'
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 1 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 1 } }
    })
    redis = await startRedis('--requirepass', 'quite-secret')
    const start = (node: string): Promise<Gateway> =>
      startGateway({
        plugins: ['gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops'],
        hostname: `${node}.gateway.test`,
        settings: {
          dns: { servers: [dns.address], timeout: 1000, retest: 3 },
          fleet: { redis: redis.url, name: 'test' },
          next_hops: { 'here.test': { maildir: 'maildir' } },
          ip_blocklists: { custom: [{ zone: 'bl.test', name: 'Example BL' }] },
        },
        secrets: { fleet: { password: 'quite-secret' } },
      })
    nodes = await Promise.all([start('a'), start('b')])
    const channel = '{gateway:test}:all'
    const heard = (): string =>
      redis.cli('--no-auth-warning', '-a', 'quite-secret', 'pubsub', 'numsub', channel)
    await eventually('both to listen', () => heard().endsWith('2'))
  })
  after(async () => {
    for (const node of nodes) await node.stop()
    await redis.stop()
    await dns.close()
  })

  const send = async (node: Gateway, ip: string): Promise<string> => {
    const client = await node.client(ip)
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@here.test', message })
    client.close()
    return reply
  }

  it('hears from one node that a list has failed, and that it is back', async () => {
    const [a, b] = nodes
    isListDead = true
    assert.match(await send(a, '203.0.113.1'), /^250/)
    await a.logged(/Example BL .* is not asked for now: it /)
    await b.logged(/Example BL .* is not asked for now: a\.gateway\.test finds that it /)

    isListDead = false
    await eventually('both to ask again', () => nodes.every((node) => /is asked again/.test(node.log())))
    const testers = nodes.filter((node) => /passes its test and is asked again/.test(node.log()))
    assert.equal(testers.length, 1, 'one node tests for all')
    assert.ok(tests > 0)
  })

  it('keeps the password to itself', () => {
    for (const node of nodes) assert.doesNotMatch(node.log(), /quite-secret/)
  })

  it('takes mail when Redis is gone, and says so once', async () => {
    await redis.kill()
    for (const node of nodes) {
      await node.logged(/fleet: Redis at .* fails .* goes on alone/)
      assert.match(await send(node, '203.0.113.2'), /^250/)
    }
    isListDead = true
    for (const node of nodes) {
      assert.match(await send(node, '203.0.113.3'), /^250/)
      const last = (text: string): number => node.log().lastIndexOf(text)
      await eventually(
        'each to find the fault by itself',
        () => last('is not asked for now: it ') > last('is asked again'),
      )
      assert.equal(node.log().match(/goes on alone/g)?.length, 1)
    }
  })
})
