import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import {
  signIn,
  uiUser,
  watchEvents,
  webReady,
  type CallOptions,
  type WebAnswer,
  type WebClient,
} from '../support/web'

const PASSWORD = 'correct horse battery'
const CLIENT = '198.51.100.1'

/** What the API promises of a call that only asks or allows, in a real gateway. */
describe('calls of the API', function () {
  this.timeout(60_000)
  let dns: DnsServer
  let gateway: Gateway
  let editor: WebClient

  before(async () => {
    dns = await createDnsServer(({ name }) =>
      /^(?:spamming\.net|test|2\.0\.0\.127)\.dbl\.test$/i.test(name)
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    gateway = await startGateway({
      nodes: 2,
      web: true,
      secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') } },
      settings: {
        dns: { servers: [dns.address], timeout: 1000 },
        next_hops: { 'example.com': { maildir: 'maildir' } },
        domain_blocklists: { custom: [{ zone: 'dbl.test', name: 'Example DBL' }] },
        mark_from: { enabled: true },
      },
    })
    editor = await signIn(gateway, 'anna', PASSWORD)
    await eventually('the list to be tried out', async () =>
      (await editor.call('/lists')).text.includes('"up"'),
    )
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  type Answer = Omit<WebAnswer, 'json'> & { readonly json: unknown }
  const call = (path: string, options?: CallOptions): Promise<Answer> => editor.call(path, options)
  const post = (path: string, body: object): Promise<Answer> => call(path, { method: 'POST', body })
  const mail = async (from = 'joe@spamming.net'): Promise<string> => {
    const client = await gateway.client(CLIENT)
    const message = 'From: Joe <joe@friendly.net>\nSubject: x\n\nx\n'
    const reply = await client.sendMail({ from, to: 'bob@example.com', message })
    client.close()
    return reply
  }

  it('check asks the lists that mail goes through', async () => {
    const { json } = await post('/check', { items: ['spamming.net', 'friendly.net'] })
    const checks = json as { item: string; isListed: boolean; answers: { list: string }[] }[]
    assert.deepEqual(
      checks.map(({ item, isListed }) => [item, isListed]),
      [
        ['spamming.net', true],
        ['friendly.net', false],
      ],
    )
    assert.equal((await post('/check', { items: ['not a name'] })).status, 422)
  })

  it('mark tells what the From would become', async () => {
    const { json } = await post('/mark', { from: 'Your Bank <info@bank.example>', envelope: 'x@strange.net' })
    assert.equal((json as { kind: string }).kind, 'marked')
    assert.match((json as { after: string }).after, /Your Bank via strange\.net/)
  })

  it('explain tells what would happen, and delivers nothing', async () => {
    const message = 'From: Joe <joe@friendly.net>\nSubject: x\n\nx\n'
    const asked = { message, ip: CLIENT, to: ['bob@example.com'] }
    const verdict = async (from: string): Promise<string> => {
      const { json } = await post('/explain', { ...asked, from })
      const { outcome, reply } = (json as { verdict: { outcome: string; reply: string } }).verdict
      return `${outcome}: ${reply}`
    }
    assert.match(await verdict('joe@spamming.net'), /^refused: 550 5\.7\.1 .*spamming\.net/)
    assert.match(await verdict('joe@friendly.net'), /^accepted: 250/)
    assert.equal(gateway.maildir().length, 0)
    assert.equal((await post('/explain', { ...asked, ip: 'x', from: '' })).status, 400)
  })

  it('next-hops test walks up to where a message would be sent', async () => {
    const { json } = await post('/next-hops/test', { domain: 'example.com' })
    const text = JSON.stringify(json)
    assert.match(text, /maildir/)
    assert.match(text, /"ok":true/)
    assert.equal((await post('/next-hops/test', { domain: 'other.example' })).status, 404)
    assert.equal(gateway.maildir().length, 0)
  })

  it('allow lets a refused sender through, until it is taken back', async () => {
    assert.match(await mail(), /^550 5\.7\.1 .*spamming\.net/)
    assert.equal((await post('/allow', { kind: 'sender', value: 'spamming.net', days: 1 })).status, 200)
    await eventually('the mail to be accepted', async () => (await mail()).startsWith('250 '))
    const [allowed] = (await call('/allow')).json as { kind: string; value: string; by: string }[]
    assert.deepEqual([allowed?.kind, allowed?.value, allowed?.by], ['sender', 'spamming.net', 'anna'])
    const taken = await call('/allow?kind=sender&value=spamming.net', { method: 'DELETE' })
    assert.equal(taken.status, 204)
    await eventually('the mail to be refused', async () => (await mail()).startsWith('550 '))
    assert.equal((await call('/allow?kind=sender&value=spamming.net', { method: 'DELETE' })).status, 404)
    for (const value of ['../x', 'a\nb.example', '__proto__', '0.0.0.0/0']) {
      const kind = value.includes('/0') ? 'client' : 'sender'
      assert.equal((await post('/allow', { kind, value, days: 1 })).status, 422, value)
    }
  })

  it('list-files are saved on the version that was read, and history is put back', async () => {
    const made = await call('/list-files/own.txt', {
      method: 'PUT',
      headers: { 'If-None-Match': '*' },
      body: { text: '192.0.2.1\nnot a name!\n' },
    })
    const { version, entries, problems } = made.json as {
      version: string
      entries: number
      problems: { line: number }[]
    }
    assert.deepEqual([made.status, entries, problems.map(({ line }) => line)], [200, 1, [2]])
    const save = (text: string): Promise<Answer> =>
      call('/list-files/own.txt', {
        method: 'PUT',
        headers: { 'If-Match': `"${version}"` },
        body: { text },
      })
    writeFileSync(join(gateway.dir, 'config', 'lists', 'own.txt'), '192.0.2.3\n')
    assert.equal((await save('192.0.2.2\n')).status, 409)
    const [, before] = (await call('/history')).json as { id: string }[]
    const restored = await post(`/history/${before?.id ?? ''}/restore`, { note: 'as it was' })
    assert.equal(restored.status, 200, restored.text)
    const [latest] = (await call('/history')).json as { via: string; note: string; by: string }[]
    assert.deepEqual([latest?.via, latest?.note, latest?.by], ['rollback', 'as it was', 'anna'])
    assert.equal((await post('/history/x/restore', {})).status, 404)
  })

  it('smtp-users are people who may hand in mail, and never their passwords', async () => {
    const put = await call('/smtp-users/otto', {
      method: 'PUT',
      body: { password: PASSWORD, senders: ['otto@example.com'] },
    })
    assert.equal(put.status, 204, put.text)
    const { json } = await call('/users')
    assert.deepEqual(json, [
      { name: 'anna', kind: 'ui', role: 'editor' },
      { name: 'otto', kind: 'smtp', senders: ['otto@example.com'] },
    ])
    assert.equal((await call('/smtp-users/otto', { method: 'DELETE' })).status, 204)
    assert.equal((await call('/smtp-users/otto', { method: 'DELETE' })).status, 404)
  })

  it('events come from every worker, to whichever has the stream, and overview sums them all', async () => {
    const streams = await Promise.all([1, 2].map(() => watchEvents(gateway, editor)))
    const before = gateway.maildir().length
    // Workers take turns.
    for (let nth = 0; nth < 6; nth++) assert.match(await mail(`nth-${nth}@friendly.net`), /^250 /)
    for (const { events } of streams) {
      await eventually('all messages in the stream', () =>
        [0, 1, 2, 3, 4, 5].every((nth) => JSON.stringify(events).includes(`nth-${nth}@friendly.net`)),
      )
    }
    for (const stream of streams) stream.close()
    await eventually('the overview to count', async () => {
      const { text } = await call('/overview')
      return text.includes(`"accepted":${before + 6}`)
    })
  })
})

describe('a port of the web page that is taken', function () {
  this.timeout(60_000)

  it('is said, mail goes on, and the page comes when the port is free', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const gateway = await startGateway({
      settings: { next_hops: { 'example.com': { maildir: 'maildir' } } },
      webPort: port,
      web: true,
    })
    try {
      await gateway.logged(/no web page on 127\.0\.0\.1:\d+, mail goes on: .*in use/)
      const client = await gateway.client()
      const sent = { from: 'a@friendly.net', to: 'bob@example.com', message: 'Subject: x\n\nx\n' }
      assert.match(await client.sendMail(sent), /^250 /)
      client.close()
      other.close()
      await webReady(gateway)
    } finally {
      other.close()
      await gateway.stop()
    }
  })
})
