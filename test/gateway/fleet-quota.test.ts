import assert from 'node:assert/strict'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startNode, type Node } from '../support/fleet'
import { parseMetrics } from '../support/prometheus-text'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

const KEY = 'abcdefghijklmnopqrstuvwxyz'

interface Quota {
  readonly keys: readonly {
    readonly provider: string
    readonly name: string
    readonly queriesToday: number
    readonly perDay: number | null
    readonly forecast: number
    readonly warning: boolean
    readonly nodes: number
  }[]
}

describe('the quota of a provider’s key', function () {
  this.timeout(120_000)
  let redis: RedisServer
  let dns: DnsServer
  let a: Node
  let b: Node
  const nodes: Node[] = []
  /** As the provider counts them. */
  let asked = 0
  let silences = 0

  const start = async (name: string, processes: number): Promise<Node> => {
    const node = await startNode({
      name,
      redis: redis.url,
      nodes: processes,
      settings: {
        dns: { servers: [dns.address], timeout: 3000 },
        providers: { 'spamhaus-dqs': { per_day: 20 } },
        ip_blocklists: { 'spamhaus-dqs': ['zen'], custom: ['bl.test'] },
      },
      secrets: { providers: { 'spamhaus-dqs': { key: KEY } } },
    })
    nodes.push(node)
    return node
  }
  const quota = async (node: Node): Promise<Quota['keys'][number]> => {
    const { keys } = (await node.web.call('/quota')).json as Quota
    return keys[0] ?? assert.fail('no key')
  }
  const mail = async ({ gateway }: Node, ip: string): Promise<void> => {
    const client = await gateway.client(ip)
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@here.test', message: '\nx\n' })
    client.close()
    assert.match(reply, /^250 /)
  }
  /** Who is asked tells the others what it has. */
  const agree = (): Promise<unknown> =>
    eventually(
      'all queries to be counted',
      async () => {
        const counted = await Promise.all([a, b].map(async (node) => (await quota(node)).queriesToday))
        return asked > 0 && counted.every((queries) => queries === asked)
      },
      60_000,
    )

  before(async function () {
    if (!hasRedis()) this.skip()
    dns = await createDnsServer(({ name }) => {
      if (name.endsWith(`.${KEY}.zen.dq.spamhaus.net`)) {
        asked++
        if (silences-- > 0) return []
      }
      return name.startsWith('2.0.0.127.')
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } }
    })
    redis = await startRedis()
    ;[a, b] = await Promise.all([start('a', 2), start('b', 0)])
  })
  after(async () => {
    for (const { gateway } of nodes) await gateway.stop()
    await redis.stop()
    await dns.close()
  })

  it('is what all processes of a gateway have sent: from no cache, and each retransmission', async () => {
    for (const last of [1, 2, 3, 4]) await mail(a, `203.0.113.${last}`)
    const before = asked
    for (let i = 0; i < 4; i++) await mail(a, '203.0.113.1')
    assert.ok(asked - before <= 1, 'two processes, each with a cache of its own')
    silences = 1
    await mail(a, '203.0.113.5')
    await agree()
    const { provider, name, perDay } = await quota(a)
    assert.equal(provider, 'spamhaus-dqs')
    assert.match(name, /^Spamhaus DQS \([\da-f]{6}\)$/)
    assert.equal(perDay, 20)
  })

  it('is added up over the fleet, and warned about once', async () => {
    for (let last = 10; last < 30; last++) await mail(b, `203.0.113.${last}`)
    await agree()
    const { queriesToday, forecast, warning, nodes: asking } = await quota(a)
    assert.deepEqual([warning, asking], [true, 2])
    assert.ok(queriesToday >= 24 && forecast >= queriesToday)
    const warnings = nodes.flatMap(({ gateway }) => gateway.log().match(/queries a day are used/g) ?? [])
    assert.equal(warnings.length, 1)
  })

  it('is in the metrics, and the key is nowhere', async () => {
    const { text } = await a.web.call('/../../metrics')
    const { value } = parseMetrics(text)
    const provider = { provider: 'spamhaus-dqs' }
    const { queriesToday, forecast } = await quota(a)
    assert.equal(value('gateway_provider_queries_today', provider), queriesToday)
    assert.ok((value('gateway_provider_queries_forecast', provider) ?? 0) >= queriesToday && forecast > 0)
    assert.equal(value('gateway_provider_queries_limit', provider), 20)
    const shown = [text, (await a.web.call('/quota')).text, redis.cli('keys', '*'), a.gateway.log()]
    for (const each of shown) assert.doesNotMatch(each, new RegExp(KEY))
  })
})
