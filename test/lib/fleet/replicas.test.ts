import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../plugins/lib/clock'
import { createBases } from '../../../plugins/lib/fleet/bases'
import { createDocuments, type FleetDocument } from '../../../plugins/lib/fleet/documents'
import { createFleet, type Fleet } from '../../../plugins/lib/fleet/fleet'
import { createRedisLink } from '../../../plugins/lib/fleet/link'
import { CHANGED_MEANWHILE } from '../../../plugins/lib/fleet/replica'
import { createReplicas, type Replicas } from '../../../plugins/lib/fleet/replicas'
import { silentLog } from '../../../plugins/lib/log'
import { eventually } from '../../support/eventually'
import { hasRedis, startRedis, type RedisServer } from '../../support/redis'

const NAME = 'lists/x.txt'

interface Node {
  readonly fleet: Fleet
  readonly replicas: Replicas
  text: string | undefined
  /** Why it takes nothing. */
  fault?: string
  /** What another process writes right after the text has been read, once. */
  next?: string
}

describe('documents of a fleet', () => {
  let redis: RedisServer
  let dir: string
  const nodes: Node[] = []

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
  })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fleet-test-'))
  })
  afterEach(() => {
    nodes.splice(0).forEach(leave)
    redis.cli('flushall')
    rmSync(dir, { recursive: true })
  })
  after(() => redis.stop())

  async function enter(name: string, text?: string): Promise<Node> {
    const link = createRedisLink({ redis: redis.url, password: undefined, name, log: silentLog })
    const fleet = createFleet({ name: 'test', node: name, link, log: silentLog })
    const replicas = createReplicas({
      fleet,
      bases: createBases(join(dir, name), 'test'),
      clock: systemClock,
      log: silentLog,
      order: () => 0,
      onState: () => undefined,
      replicaOf: (of) =>
        of !== NAME
          ? undefined
          : {
              read() {
                const now = node.text
                node.text = node.next ?? now
                delete node.next
                return now
              },
              fingerprint: (of) => of.trim(),
              take(document, over) {
                if (over && over.fingerprint !== node.text) return Promise.resolve(CHANGED_MEANWHILE)
                if (node.fault === undefined) node.text = document.text
                return Promise.resolve(node.fault)
              },
              circumstances: () => `${node.fault ?? ''} ${node.text ?? ''}`,
              yields: false,
            },
    })
    const node: Node = { fleet, replicas, text }
    nodes.push(node)
    const listens = (): boolean => redis.cli('pubsub', 'numsub', fleet.key(`node:${name}`)).endsWith('1')
    await eventually(`${name} to be there`, () => link.fault() === undefined && listens())
    await replicas.catchUp()
    return node
  }
  function leave({ replicas, fleet }: Node): void {
    replicas.close()
    fleet.close()
  }
  const share = async (node: Node, text: string) => {
    const before = node.text
    node.text = text
    return node.replicas.share(NAME, { by: 'anna', ...(before !== undefined && { before }) })
  }

  it('come to all, and to a node that was away', async () => {
    const [a, b, c] = [await enter('a'), await enter('b'), await enter('c')]
    const first = await share(a, 'one')
    assert.equal(first.kind, 'shared')
    assert.deepEqual([b.text, c.text], ['one', 'one'])
    leave(c)
    await share(b, 'two')
    assert.deepEqual([a.text, c.text], ['two', 'one'])
    assert.equal((await enter('c', 'one')).text, 'two')
  })

  it('are those of one node when two share at once', async () => {
    const [a, b] = [await enter('a'), await enter('b')]
    const outcomes = (await Promise.all([share(a, 'of a'), share(b, 'of b')])).map(({ kind }) => kind)
    assert.deepEqual(outcomes.sort(), ['overtaken', 'shared'])
  })

  it('are those of both when two share the same at once', async () => {
    const [a, b] = [await enter('a', 'one'), await enter('b', 'one')]
    await share(a, 'two')
    const outcomes = await Promise.all([share(a, 'three'), share(b, 'three')])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'shared' && outcome.revision),
      [2, 2],
    )
    for (const node of [a, b]) {
      const [state] = node.replicas.states()
      assert.deepEqual([state?.revision, state?.isEdited, node.text], [2, false, 'three'])
    }
  })

  it('are not taken over what somebody has written there by hand', async () => {
    const [a, b] = [await enter('a', 'one'), await enter('b', 'one')]
    await share(a, 'two')
    assert.equal(b.text, 'two', 'it had the text that a has changed')
    b.text = 'by hand'
    const sharing = await share(a, 'three')
    assert.match((sharing.kind === 'shared' && sharing.nodes[0]?.fault) || '', /edited/)
    assert.equal(b.text, 'by hand')
    const [state] = b.replicas.states()
    assert.deepEqual([state?.head, state?.revision, state?.isEdited], [2, 1, true])
    assert.equal(await b.replicas.takeFleets(NAME), undefined)
    assert.equal(b.text, 'three')
  })

  it('are left to a new node that has another one', async () => {
    const a = await enter('a')
    await share(a, 'one')
    const b = await enter('b', 'its own')
    assert.equal(b.text, 'its own')
  })

  it('are tried again once something has changed where they could not be taken', async () => {
    const [a, b] = [await enter('a'), await enter('b')]
    b.fault = 'the disk is full'
    const sharing = await share(a, 'one')
    assert.deepEqual(sharing.kind === 'shared' && sharing.nodes, [{ node: 'b', fault: 'the disk is full' }])
    delete b.fault
    await b.replicas.catchUp()
    assert.equal(b.text, 'one')
    assert.equal(b.replicas.states()[0]?.fault, undefined)
  })

  it('do not replace what another process writes while they come', async () => {
    const [a, b] = [await enter('a', 'one'), await enter('b', 'one')]
    await share(a, 'two')
    b.next = 'saved by a worker of b'
    const sharing = await share(a, 'three')
    assert.notEqual(sharing.kind === 'shared' && sharing.nodes[0]?.fault, undefined)
    assert.equal(b.text, 'saved by a worker of b')
  })

  it('are taken once an edit that was in their way is gone, however soon', async () => {
    const [a, b] = [await enter('a', 'one'), await enter('b', 'one')]
    await share(a, 'two')
    b.text = 'saved by a worker of b'
    b.next = 'two'
    const sharing = await share(a, 'three')
    assert.deepEqual(sharing.kind === 'shared' && sharing.nodes, [{ node: 'b' }])
    assert.equal(b.text, 'three')
  })

  it('are not said to be shared when those of another node have come over them', async () => {
    const [a, b] = [await enter('a', 'one'), await enter('b', 'one')]
    await share(a, 'two')
    const saved = { by: 'anna', saved: 'saved by a worker of b' }
    assert.equal((await b.replicas.share(NAME, saved)).kind, 'overtaken')
    assert.equal((await b.replicas.share(NAME, { by: 'anna', saved: 'two' })).kind, 'shared')
  })

  it('are given back to a Redis that has lost them', async () => {
    const [a, b] = [await enter('a'), await enter('b')]
    await share(a, 'one')
    await share(b, 'two')
    redis.cli('flushall')
    await a.replicas.catchUp()
    const { text, revision } = (await b.replicas.published(NAME)) ?? {}
    assert.deepEqual([text, revision], ['two', 2])
    assert.equal((await enter('c')).text, 'two')
  })

  it('are not replaced by a revision that was made long ago', async () => {
    const a = await enter('a')
    for (const text of ['1', '2', '3', '4', '5']) await share(a, text)
    const documents = createDocuments(a.fleet)
    const late: FleetDocument = { text: 'late', node: 'z', by: 'z', time: 0 }
    assert.equal(await documents.publish(NAME, 1, late), false, 'the field of the first is free again')
    assert.equal((await documents.heads()).get(NAME), 5)
    assert.equal(redis.cli('hlen', a.fleet.key('documents')), '3')
  })

  it('are left alone when Redis holds garbage', async () => {
    const a = await enter('a', 'one')
    redis.cli(
      'hset',
      a.fleet.key('documents'),
      `7 ${NAME}`,
      '{"text":5}',
      'rubbish',
      'x',
      '9 lists/../passwd',
      '{}',
    )
    await a.replicas.catchUp()
    assert.equal(a.text, 'one')
    assert.equal(a.fleet.link.fault(), undefined)
  })
})
