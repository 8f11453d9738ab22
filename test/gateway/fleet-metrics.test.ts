import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { startNode, type Node } from '../support/fleet'
import { freePort } from '../support/free-port'
import { parseMetrics, type Metrics } from '../support/prometheus-text'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

describe('metrics of a fleet', function () {
  this.timeout(120_000)
  let redis: RedisServer
  let a: Node
  let b: Node
  const nodes: Node[] = []

  const scrape = async (node: Node): Promise<Metrics> => {
    const { text, status } = await node.web.call('/../../metrics')
    assert.equal(status, 200, text)
    return parseMetrics(text)
  }
  const reaches = (
    node: Node,
    name: string,
    labels: Record<string, string>,
    value: number,
  ): Promise<unknown> =>
    eventually(
      `${name} ${JSON.stringify(labels)} of ${value}`,
      async () => (await scrape(node)).value(name, labels) === value,
      60_000,
    )

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
    const port = await freePort()
    const start = (name: string, address: string, processes: number): Promise<Node> =>
      startNode({ name, redis: redis.url, nodes: processes, listen: { address, port } })
    nodes.push(...(await Promise.all([start('a', '127.0.0.1', 1), start('b', '127.0.0.2', 0)])))
    ;[a, b] = nodes as [Node, Node]
  })
  after(async () => {
    for (const { gateway } of nodes) await gateway.stop()
    await redis.stop()
  })

  it('tell who is there, and which settings are in force', async () => {
    await reaches(a, 'gateway_fleet_nodes', { state: 'alive' }, 2)
    assert.equal((await a.set(['greeting'], ['First'])).status, 200)
    for (const node of [a, b]) {
      await reaches(node, 'gateway_fleet_settings_revision', { which: 'in_force' }, 1)
      const { value } = await scrape(node)
      assert.equal(value('gateway_fleet_settings_revision', { which: 'published' }), 1)
      assert.equal(value('gateway_fleet_redis_up'), 1)
      assert.equal(value('gateway_fleet_problems'), 0)
      assert.equal(value('gateway_fleet_leases'), 0)
      assert.equal(value('gateway_fleet_nodes', { state: 'gone' }), 0)
      for (const of of ['answer', 'message']) {
        const age = value(`gateway_fleet_${of}_age_seconds`) ?? assert.fail(of)
        assert.ok(age >= 0 && age < 60, `${of}: ${age}`)
      }
    }
  })

  it('tell of edits by hand, and of garbage', async () => {
    b.gateway.writeConfig('gateway.yaml', b.file().replace('First', 'Edited'))
    await reaches(b, 'gateway_fleet_settings_edited', {}, 1)
    redis.cli('publish', '{gateway:test}:all', 'garbage')
    await reaches(b, 'gateway_fleet_errors_total', { kind: 'garbage' }, 1)
  })

  it('are there while Redis hangs, and say that it is down', async () => {
    redis.pause()
    try {
      for (const node of [a, b]) {
        await reaches(node, 'gateway_fleet_redis_up', {}, 0)
        const { value } = await scrape(node)
        assert.ok((value('gateway_fleet_errors_total', { kind: 'unreachable' }) ?? 0) > 0)
        assert.equal(value('gateway_fleet_nodes', { state: 'alive' }), undefined)
        assert.equal(value('gateway_fleet_settings_revision', { which: 'in_force' }), 1)
      }
    } finally {
      redis.resume()
    }
  })
})
