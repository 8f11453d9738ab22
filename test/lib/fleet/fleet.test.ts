import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { z } from 'zod'
import { createFleet, type Fleet } from '../../../plugins/lib/fleet/fleet'
import { createRedisLink } from '../../../plugins/lib/fleet/link'
import { createNodes, type Nodes } from '../../../plugins/lib/fleet/nodes'
import { systemClock } from '../../../plugins/lib/clock'
import { silentLog } from '../../../plugins/lib/log'
import { eventually } from '../../support/eventually'
import { hasRedis, startRedis, type RedisServer } from '../../support/redis'

describe('fleet over Redis', () => {
  let redis: RedisServer
  const fleets: Fleet[] = []
  const warnings: string[] = []
  const log = { ...silentLog, warn: (line: string) => void warnings.push(line) }

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
  })
  afterEach(() => {
    for (const fleet of fleets.splice(0)) fleet.close()
    warnings.length = 0
  })
  after(async () => {
    await redis.stop()
  })

  async function join(node: string, url = redis.url): Promise<Fleet> {
    const link = createRedisLink({ redis: url, password: undefined, name: node, log })
    const fleet = createFleet({ name: 'test', node, link, log })
    fleets.push(fleet)
    await eventually(`${node} to be connected`, () => link.fault() === undefined)
    const channel = fleet.key(`node:${node}`)
    await eventually(`${node} to listen`, () => redis.cli('pubsub', 'numsub', channel).endsWith('1'))
    return fleet
  }

  it('carries what one node says to all others, and not to itself', async () => {
    const [a, b, c] = [await join('a'), await join('b'), await join('c')]
    const heard: string[] = []
    for (const fleet of [a, b, c]) {
      fleet.subscribe('greeting', z.string(), (text, from) =>
        heard.push(`${fleet.node} hears ${text} from ${from}`),
      )
    }
    a.publish('greeting', 'hello')
    await eventually('two nodes to hear it', () => heard.length >= 2)
    assert.deepEqual(heard.sort(), ['b hears hello from a', 'c hears hello from a'])
  })

  it('asks all others and returns as soon as they have answered', async () => {
    const [a, b, c] = [await join('a'), await join('b'), await join('c')]
    b.answer('double', (number) => Number(number) * 2)
    c.answer('double', () => {
      throw new Error('broken')
    })
    const answers = await a.ask('double', 21, 60_000)
    assert.deepEqual(
      [...answers].sort((x, y) => x.node.localeCompare(y.node)),
      [
        { node: 'b', answer: 42 },
        { node: 'c', answer: null },
      ],
    )
  })

  it('gives a lease to one', async () => {
    const [a, b] = [await join('a'), await join('b')]
    const got = await Promise.all([a.lease('x', 60_000), b.lease('x', 60_000), a.lease('x', 60_000)])
    assert.equal(got.filter(Boolean).length, 1)
    assert.equal(await b.lease('y', 60_000), true)
  })

  it('leaves garbage out, says so once, and goes on', async () => {
    const [a, b] = [await join('a'), await join('b')]
    const heard: number[] = []
    b.subscribe('number', z.number(), (number) => heard.push(number))
    for (const garbage of [
      '',
      '{',
      'null',
      '[]',
      '{"from":"a"}',
      '{"from":"a","topic":"number","data":"x"}',
    ]) {
      for (let i = 0; i < 3; i++) redis.cli('publish', b.key('all'), garbage)
    }
    a.publish('number', 7)
    await eventually('the number', () => heard.length > 0)
    assert.deepEqual(heard, [7])
    const ofB = new Set(warnings)
    assert.equal(ofB.size, 2, [...ofB].join('\n'))
  })

  it('says once that Redis is gone, rejects at once, and is back by itself', async () => {
    const a = await join('a')
    const b = await join('b')
    const heard: string[] = []
    b.subscribe('greeting', z.string(), (text) => heard.push(text))
    await redis.kill()
    await eventually('the loss to be noticed', () => a.link.fault() !== undefined)
    await assert.rejects(a.lease('gone', 1000))
    assert.deepEqual(await a.ask('anything', 0), [])
    await redis.start()
    await eventually(
      'the links to be back',
      () => {
        a.publish('greeting', 'again')
        return heard.length > 0
      },
      60_000,
    )
    const lost = warnings.filter((line) => /this node goes on alone/.test(line))
    assert.equal(lost.length, 2, warnings.join('\n'))
  })

  it('does not wait for a Redis that hangs', async () => {
    const a = await join('a')
    redis.pause()
    try {
      await assert.rejects(a.lease('hanging', 1000))
      assert.deepEqual(await a.ask('anything', 0, 200), [])
    } finally {
      redis.resume()
    }
    await eventually('it to answer again', () => a.lease('again', 1000).catch(() => false))
  })

  it('goes on when Redis is full', async () => {
    const a = await join('a')
    redis.cli('config', 'set', 'maxmemory', '1')
    try {
      await assert.rejects(a.lease('full', 1000), /OOM/)
      assert.match(warnings.join('\n'), /refuses: OOM/)
      assert.equal(a.link.fault(), undefined)
    } finally {
      redis.cli('config', 'set', 'maxmemory', '0')
    }
    assert.equal(await a.lease('full', 1000), true)
  })

  it('goes on beside a Redis that may only be read', async () => {
    const a = await join('a')
    redis.cli('replicaof', '127.0.0.1', '1')
    try {
      await assert.rejects(a.lease('replica', 1000), /READONLY/)
      assert.equal(warnings.filter((line) => /refuses: READONLY/.test(line)).length, 1)
      await assert.rejects(a.lease('replica', 1000), /READONLY/)
      assert.equal(warnings.filter((line) => /refuses: READONLY/.test(line)).length, 1, 'said once')
    } finally {
      redis.cli('replicaof', 'no', 'one')
    }
    assert.equal(await a.lease('replica', 1000), true)
  })

  it('says that a password is wrong, without the password', async () => {
    redis.cli('config', 'set', 'requirepass', 'right')
    const link = createRedisLink({ redis: redis.url, password: 'wrong-one', name: 'x', log })
    try {
      await eventually('it to be said', () => warnings.some((line) => /WRONGPASS/.test(line)))
      await assert.rejects(link.run((commands) => commands.hKeys('x')))
      assert.doesNotMatch(warnings.join(), /wrong-one/)
    } finally {
      link.close()
      redis.cli('-a', 'right', 'config', 'set', 'requirepass', '')
    }
  })

  it('takes a server that answers garbage for a Redis that fails', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const url = `redis://127.0.0.1:${port}`
    const link = createRedisLink({ redis: url, password: undefined, name: 'x', log })
    try {
      await eventually('it to be said', () => warnings.some((line) => /goes on alone/.test(line)))
      await assert.rejects(link.run((commands) => commands.hKeys('x')))
      assert.equal(warnings.length, 1, warnings.join())
    } finally {
      link.close()
      server.close()
    }
  })

  it('knows its nodes', async () => {
    const nodes: Nodes[] = []
    for (const name of ['a', 'b']) {
      const fleet = await join(name)
      nodes.push(
        createNodes(fleet, systemClock, () => ({
          version: '1',
          since: 0,
          revision: 3,
          isEdited: false,
          problems: [],
        })),
      )
    }
    redis.cli('hset', '{gateway:test}:nodes', 'garbage', '{')
    for (const node of nodes) node.tell()
    const list = await eventually('both to be listed', async () => {
      const views = (await nodes[0]?.list()) ?? []
      return views.length >= 2 ? views : undefined
    })
    assert.deepEqual(
      list.map(({ node, revision, isAlive }) => ({ node, revision, isAlive })),
      [
        { node: 'a', revision: 3, isAlive: true },
        { node: 'b', revision: 3, isAlive: true },
      ],
    )
    for (const node of nodes) node.close()
  })
})
