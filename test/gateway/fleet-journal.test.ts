import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { startNode, type Node } from '../support/fleet'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

interface Page {
  readonly records: readonly { readonly id: string; readonly sender: string; readonly node?: string }[]
  readonly cursor?: string
  readonly nodes?: readonly { readonly node: string; readonly hasAnswered: boolean }[]
}

describe('the journals of a fleet', function () {
  this.timeout(180_000)
  let redis: RedisServer
  let a: Node
  let b: Node
  const nodes: Node[] = []

  const start = async (name: string, processes: number): Promise<Node> => {
    const node = await startNode({ name, redis: redis.url, nodes: processes })
    nodes.push(node)
    return node
  }
  const mail = async ({ gateway }: Node, from: string): Promise<void> => {
    const client = await gateway.client()
    assert.match(
      await client.sendMail({ from, to: 'bob@here.test', message: 'Subject: x\r\n\r\nx\r\n' }),
      /^250 /,
    )
    client.close()
  }
  const search = async (query: string): Promise<Page> => {
    const answer = await a.web.call(`/messages?nodes=all${query}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as Page
  }

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
    ;[a, b] = await Promise.all([start('a', 2), start('b', 0)])
    await eventually('both to be in the fleet', async () => (await a.fleet()).nodes.length === 2)
    for (const number of [1, 2]) {
      await mail(a, `a${number}@example.org`)
      await mail(b, `b${number}@example.org`)
    }
    await eventually('all records', async () => (await search('')).records.length === 4)
  })
  after(async () => {
    for (const { gateway } of nodes) await gateway.stop()
    await redis.stop()
  })

  it('are searched as one, page by page, newest first', async () => {
    const { records, nodes: answered } = await search('')
    assert.deepEqual(
      records.map(({ sender, node }) => [sender, node]),
      [
        ['b2@example.org', 'b'],
        ['a2@example.org', 'a'],
        ['b1@example.org', 'b'],
        ['a1@example.org', 'a'],
      ],
    )
    assert.deepEqual(
      answered,
      ['a', 'b'].map((node) => ({ node, hasAnswered: true })),
    )
    const pages: string[] = []
    for (let query = '&limit=1'; query !== '';) {
      const page = await search(query)
      pages.push(...page.records.map(({ sender }) => sender))
      query = page.cursor === undefined ? '' : `&limit=1&cursor=${page.cursor}`
    }
    assert.deepEqual(
      pages,
      records.map(({ sender }) => sender),
    )
  })

  it('find by the same filters, while this gateway alone knows only its own', async () => {
    const found = await search('&from=b1@example.org')
    assert.deepEqual(
      found.records.map(({ node }) => node),
      ['b'],
    )
    const here = (await a.web.call('/messages?from=b1@example.org')).json as Page
    assert.deepEqual(here.records, [])
  })

  it('show a message that another gateway has', async () => {
    const { records } = await search('&from=b2@example.org')
    const answer = await a.web.call(`/messages/${records[0]?.id}`)
    assert.equal(answer.status, 200)
    const { sender, node } = answer.json as Page['records'][number]
    assert.deepEqual([sender, node], ['b2@example.org', 'b'])
  })

  it('go without a gateway that hangs, and say which', async () => {
    b.gateway.signal('SIGSTOP')
    try {
      const { records, nodes: answered } = await search('')
      assert.deepEqual(
        records.map(({ node }) => node),
        ['a', 'a'],
      )
      assert.deepEqual(answered, [
        { node: 'a', hasAnswered: true },
        { node: 'b', hasAnswered: false },
      ])
    } finally {
      b.gateway.signal('SIGCONT')
    }
  })
})
