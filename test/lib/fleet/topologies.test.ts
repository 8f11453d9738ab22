import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { z } from 'zod'
import { createDocuments } from '../../../plugins/lib/fleet/documents'
import { createFleet, type Fleet } from '../../../plugins/lib/fleet/fleet'
import { createRedisLink } from '../../../plugins/lib/fleet/link'
import { silentLog } from '../../../plugins/lib/log'
import { eventually } from '../../support/eventually'
import { hasRedis, startRedis, startSentinel, type RedisServer } from '../../support/redis'

/** Two nodes that say something to each other and share a lease. */
async function meet(redis: string): Promise<void> {
  const open = (node: string): Fleet => {
    const link = createRedisLink({ redis, password: undefined, name: node, log: silentLog })
    return createFleet({ name: 'test', node, link, log: silentLog })
  }
  const [a, b] = [open('a'), open('b')]
  try {
    const heard: string[] = []
    b.subscribe('greeting', z.string(), (text) => heard.push(text))
    b.answer('double', (number) => Number(number) * 2)
    await eventually('b to hear a', () => {
      a.publish('greeting', 'hello')
      return heard.length > 0
    })
    assert.deepEqual(await a.ask('double', 21, 500), [{ node: 'b', answer: 42 }])
    const leases = await Promise.all([a.lease('x', 60_000), b.lease('x', 60_000)])
    assert.deepEqual(leases.sort(), [false, true])
    const documents = [a, b].map((fleet) => createDocuments(fleet))
    const made = await Promise.all(
      documents.map((each, at) => each.publish('x', 1, { text: 'x', node: String(at), by: 'anna', time: 0 })),
    )
    assert.deepEqual(made.sort(), [false, true])
    assert.equal((await documents[0]?.get('x', 1))?.text, 'x')
  } finally {
    a.close()
    b.close()
  }
}

describe('a fleet', () => {
  const servers: RedisServer[] = []
  before(function () {
    if (!hasRedis()) this.skip()
  })
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  it('meets over a Redis Cluster', async () => {
    for (let i = 0; i < 3; i++) {
      servers.push(await startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'))
    }
    const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
    const made = spawnSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], {
      encoding: 'utf8',
    })
    assert.equal(made.status, 0, made.stdout)
    await meet(`redis-cluster://${hosts.join(',')}`)
  })

  it('meets behind a sentinel', async () => {
    const master = await startRedis()
    const sentinel = await startSentinel(master.port)
    servers.push(sentinel, master)
    await meet(`redis-sentinel://127.0.0.1:${sentinel.port}/mymaster`)
  })
})
