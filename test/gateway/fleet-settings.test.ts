import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { eventually } from '../support/eventually'
import { startNode, type Node, type SharingAnswer } from '../support/fleet'
import { freePort } from '../support/free-port'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

const SECRET = 'secret-of-the-next-hop'

describe('settings of a fleet', function () {
  this.timeout(180_000)
  let redis: RedisServer
  let port: number
  let a: Node
  let b: Node
  const blockers: Server[] = []
  const nodes: Node[] = []

  const start = async (name: string, address: string, greeting: string): Promise<Node> => {
    const node = await startNode({
      name,
      redis: redis.url,
      listen: { address, port },
      nodes: name === 'a' ? 2 : 0,
      settings: { greeting: [greeting] },
    })
    nodes.push(node)
    return node
  }

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
    port = await freePort()
    ;[a, b] = await Promise.all([start('a', '127.0.0.1', 'First'), start('b', '127.0.0.2', 'First')])
    await eventually('both to be in the fleet', async () => (await a.fleet()).nodes.length === 2)
  })
  after(async () => {
    for (const blocker of blockers) blocker.close()
    for (const { gateway } of nodes) await gateway.stop()
    await redis.stop()
  })

  it('are in force on all nodes when one has saved them, but for what is their own', async () => {
    const saved = await a.set(['greeting'], ['Second'])
    assert.equal(saved.status, 200)
    assert.deepEqual(saved.fleet, { kind: 'shared', revision: 1, nodes: [{ node: 'b' }] })
    assert.match(await b.greeting(), /Second/)
    assert.equal(b.written().listen.address, '127.0.0.2')
    assert.equal(b.written().fleet.node, 'b')
    const [entry] = (await b.web.call('/history')).json as Readonly<Record<string, string>>[]
    assert.deepEqual([entry?.by, entry?.via, entry?.note], ['anna', 'fleet', 'on a'])
    const { settings, nodes: seen } = await b.fleet()
    assert.deepEqual([settings.revision, settings.node], [1, 'a'])
    assert.deepEqual(
      seen.map(({ node, isAlive, problems }) => ({ node, isAlive, problems })),
      ['a', 'b'].map((node) => ({ node, isAlive: true, problems: [] })),
    )
  })

  it('come to every process of a node', async () => {
    const { fleet } = await b.set(['greeting'], ['Third'])
    assert.deepEqual(fleet, { kind: 'shared', revision: 2, nodes: [{ node: 'a' }] })
    for (let i = 0; i < 4; i++) assert.match(await a.greeting(), /Third/)
  })

  it('go back to an earlier version on all nodes', async () => {
    const [, second] = (await a.web.call('/history')).json as { readonly id: string }[]
    const path = `/history/${second?.id ?? ''}/restore`
    assert.equal((await a.web.call(path, { method: 'POST', body: {} })).status, 200)
    assert.match(await b.greeting(), /Second/)
  })

  it('meet as in a merge when two nodes save at once', async () => {
    const [ofA, ofB] = await Promise.all([a.version(), b.version()])
    const answers = await Promise.all([
      a.set(['inactivity_timeout'], 111, ofA),
      b.set(['inactivity_timeout'], 222, ofB),
    ])
    const statuses = answers.map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 409])
    const won = statuses[0] === 200 ? 111 : 222
    const lost = answers.find(({ status }) => status === 409)
    assert.equal(lost?.conflicts[0]?.theirs, won)
    for (const node of [a, b]) assert.equal(node.written().inactivity_timeout, won)
  })

  it('are those of one of two editors as a whole, and the other can save what is left of theirs', async () => {
    const bases = await Promise.all([a.version(), b.version()])
    const editors = [
      { node: a, base: bases[0], seconds: 120, hop: 'of-a.test', key: 'keyofa' },
      { node: b, base: bases[1], seconds: 130, hop: 'of-b.test', key: 'keyofb' },
    ] as const
    const answers = await Promise.all(
      editors.map(({ node, base, seconds, hop, key }) =>
        node.save(
          {
            changes: [
              { path: ['inactivity_timeout'], value: seconds },
              { path: ['next_hops', hop], value: { maildir: hop } },
            ],
            secrets: [{ path: ['providers', 'abusix', 'key'], value: key }],
          },
          base,
        ),
      ),
    )
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409])
    const [won, lost] = answers[0]?.status === 200 ? editors : editors.toReversed()
    for (const node of [a, b]) {
      const { inactivity_timeout, next_hops } = node.written()
      assert.equal(inactivity_timeout, won.seconds)
      assert.deepEqual(Object.keys(next_hops).toSorted(), ['here.test', won.hop])
    }
    assert.match(won.node.file('gateway.secrets.yaml'), new RegExp(won.key))
    assert.doesNotMatch(lost.node.file('gateway.secrets.yaml'), /keyof/, 'nothing is half there')
    const { settings, nodes: seen } = await a.fleet()
    await eventually('both to say so', async () =>
      (await a.fleet()).nodes.every(({ revision, isEdited }) => revision === settings.revision && !isEdited),
    )
    assert.equal(seen.length, 2)

    const { conflicts, merged } = answers.find(({ status }) => status === 409) ?? assert.fail()
    assert.deepEqual(
      conflicts.map(({ theirs }) => theirs),
      [won.seconds],
    )
    assert.deepEqual(
      merged.map(({ path }) => path),
      [['next_hops', lost.hop]],
    )
    assert.equal((await lost.node.save({ changes: merged })).status, 200)
    for (const node of [a, b]) {
      assert.deepEqual(Object.keys(node.written().next_hops).toSorted(), [
        'here.test',
        'of-a.test',
        'of-b.test',
      ])
    }
  })

  it('stay as they are on a node that cannot do them, which says why', async () => {
    const other = await freePort()
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(other, '127.0.0.2', resolve))
    blockers.push(blocker)
    const inUse = new RegExp(`${other}.*in use`)
    const saved = await a.set(['listen', 'other'], [port, other])
    assert.equal(saved.status, 200)
    assert.match(saved.fleet.nodes[0]?.fault ?? '', inUse)
    assert.deepEqual(b.written().listen.other, [port])
    await eventually('the problem to be seen', async () =>
      inUse.test((await a.stateOf('b'))?.problems[0] ?? ''),
    )
    assert.equal((await a.stateOf('b'))?.revision, saved.fleet.revision - 1)

    const { fleet } = await a.set(['listen', 'other'], [port])
    assert.deepEqual(fleet.nodes, [{ node: 'b' }])
    await eventually('no problem to be left', async () => (await a.stateOf('b'))?.problems.length === 0)
  })

  it('wait on a node that lacks a secret for it; no secret is ever in Redis', async () => {
    const hop = { host: '127.0.0.1', port: 9, auth: { user: 'gateway' } }
    const password = ['next_hops', 'there.test', 'password']
    const { fleet } = await a.save({
      changes: [{ path: ['next_hops', 'there.test'], value: hop }],
      secrets: [{ path: password, value: SECRET }],
    })
    assert.match(fleet.nodes[0]?.fault ?? '', /next_hops\.there\.test\.password/)
    assert.equal(b.written().next_hops['there.test'], undefined)
    const everything = redis.cli('hgetall', '{gateway:test}:documents')
    assert.match(everything, /there\.test/)
    assert.doesNotMatch(everything, new RegExp(`${SECRET}|scrypt|ui_users`))

    const secrets = `${b.file('gateway.secrets.yaml')}next_hops: { there.test: { password: ${SECRET} } }\n`
    b.gateway.writeConfig('gateway.secrets.yaml', secrets)
    await b.web.call('/fleet/take', { method: 'POST', body: {} })
    assert.deepEqual(b.written().next_hops['there.test'], hop)

    const removed = await a.save({
      changes: [{ path: ['next_hops', 'there.test'] }],
      secrets: [{ path: password, value: null }],
    })
    assert.deepEqual(removed.fleet.nodes, [{ node: 'b' }])
    assert.doesNotMatch(b.file('gateway.secrets.yaml'), /there/, 'the password goes with the next hop')
    for (const { gateway } of [a, b]) assert.doesNotMatch(gateway.log(), new RegExp(SECRET))
  })

  it('edited by hand are seen as such, are not lost, and can be shared', async () => {
    const edited = b.file().replace(/^inactivity_timeout: \d+/m, 'inactivity_timeout: 99')
    b.gateway.writeConfig('gateway.yaml', edited)
    await eventually('the edit to be seen', async () => (await a.stateOf('b'))?.isEdited)
    const { fleet } = await a.set(['greeting'], ['Fourth'])
    assert.match(fleet.nodes[0]?.fault ?? '', /edited/)
    assert.equal(b.written().inactivity_timeout, 99)

    const shared = await b.web.call('/fleet/share', { method: 'POST', body: {} })
    assert.deepEqual((shared.json as SharingAnswer).nodes, [{ node: 'a' }])
    assert.equal(a.written().inactivity_timeout, 99)
    await eventually('no edit to be left', async () => (await a.stateOf('b'))?.isEdited === false)
  })

  it('bring list files along, and what is let through for a time on one node is on all', async () => {
    const allow = (node: Node, value: string) =>
      node.web.call('/allow', { method: 'POST', body: { kind: 'client', value, days: 2 } })
    const added = await Promise.all([allow(a, '203.0.113.7'), allow(b, '203.0.113.8')])
    // The settings name the file from now on; one of the two may meet the other's change of them.
    assert.ok(added.some(({ status }) => status === 200))
    for (const node of [a, b]) {
      await eventually('both to be let through', () =>
        ['203.0.113.7', '203.0.113.8'].every((ip) => node.file('lists/allowed-clients.txt').includes(ip)),
      )
      assert.match(node.file(), /allowed-clients/)
    }
    const path = '/allow?kind=client&value=203.0.113.7'
    assert.equal((await b.web.call(path, { method: 'DELETE' })).status, 204)
    assert.doesNotMatch(a.file('lists/allowed-clients.txt'), /203\.0\.113\.7/)

    const name = encodeURIComponent('blocked-clients.txt')
    const { version } = (await b.web.call(`/list-files/${name}`)).json as { readonly version: string }
    const saved = await b.web.call(`/list-files/${name}`, {
      method: 'PUT',
      body: { text: '192.0.2.99\n' },
      headers: { 'If-Match': `"${version}"` },
    })
    assert.equal(saved.status, 200, saved.text)
    assert.equal(a.file('lists/blocked-clients.txt'), '192.0.2.99\n')
  })

  it('are saved while Redis is gone, and can be shared when it is back, though it has lost all', async () => {
    await redis.kill()
    const { status, fleet } = await a.set(['greeting'], ['Alone'])
    assert.equal(status, 200)
    assert.equal(fleet.kind, 'not shared')
    assert.match(await a.greeting(), /Alone/)
    assert.doesNotMatch(await b.greeting(), /Alone/)
    await redis.start()
    await eventually('the edit to be seen', async () => (await b.stateOf('a'))?.isEdited, 60_000)
    const shared = await a.web.call('/fleet/share', { method: 'POST', body: {} })
    assert.equal(shared.status, 200, shared.text)
    await eventually('b to have them', async () => (await b.greeting()).includes('Alone'), 60_000)
  })

  it('come to a node that joins, whose own are in its history', async () => {
    const c = await start('c', '127.0.0.3', 'Newcomer')
    await eventually('c to take them', async () => (await c.greeting()).includes('Alone'))
    assert.equal(c.written().listen.address, '127.0.0.3')
    assert.match((await c.web.call('/history')).text, /by hand/)
  })
})
