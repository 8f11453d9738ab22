import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { freePort, isListening } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import { signIn, uiUser, type WebAnswer, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'
const settings = {
  greeting: ['First'],
  next_hops: { 'here.net': { maildir: 'maildir' } },
  domain_blocklists: { custom: [{ file: 'lists/blocked-domains.txt' }] },
}

interface Applied {
  readonly ok: boolean
}

for (const nodes of [0, 2]) {
  describe(`settings saved through the API, nodes=${nodes}`, function () {
    this.timeout(120_000)
    const processes = nodes === 0 ? 1 : nodes + 1
    let gateway: Gateway
    let editor: WebClient
    let blocker: Server

    before(async () => {
      const ui_users = {
        anna: await uiUser(PASSWORD, 'editor'),
        rosa: await uiUser(PASSWORD, 'reader'),
      }
      const plugins = ['mail-core', 'domain-lists', 'next-hops', 'status'].map((name) => `gateway/${name}`)
      gateway = await startGateway({ plugins, nodes, settings, secrets: { ui_users }, web: true })
      editor = await signIn(gateway, 'anna', PASSWORD)
      blocker = createServer()
      await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    })
    after(async () => {
      blocker.close()
      await gateway.stop()
    })

    const file = (): string => readFileSync(join(gateway.dir, 'config', 'gateway.yaml'), 'utf8')
    const current = async (): Promise<string> => {
      const { version } = (await editor.call('/settings')).json as { version: string }
      return version
    }
    type Answer = Omit<WebAnswer, 'json'> & { readonly json: unknown }
    const patch = async (changes: readonly object[], base?: string): Promise<Answer> =>
      editor.call('/settings', {
        method: 'PATCH',
        body: { changes },
        headers: { 'If-Match': `"${base ?? (await current())}"` },
      })
    const greetings = async (): Promise<string[]> => {
      const clients = await Promise.all(Array.from({ length: 6 }, () => gateway.client()))
      for (const client of clients) client.close()
      return clients.map(({ greeting }) => greeting)
    }
    const mail = async (from: string): Promise<string> => {
      const client = await gateway.client()
      const reply = await client.sendMail({ from, to: 'bob@here.net', message: 'Subject: x\n\nx\n' })
      client.close()
      return reply
    }

    it('are in force in every process when the answer comes', async () => {
      const { status, json } = await patch([{ path: ['greeting'], value: ['Second'] }])
      assert.equal(status, 200)
      const { of, applied } = json as { of: number; applied: readonly Applied[] }
      assert.equal(of, processes)
      assert.equal(applied.filter(({ ok }) => ok).length, processes)
      for (const text of await greetings()) assert.match(text, /ESMTP Second \(/)
    })

    it('are put back when a port cannot be opened, and mail is taken all the while', async () => {
      const before = file()
      const { port } = blocker.address() as AddressInfo
      const { status, json } = await patch([{ path: ['listen', 'other'], value: [gateway.port, port] }])
      const { error, errors } = json as { error: string; errors: { path: unknown; message: string }[] }
      assert.equal(status, 422)
      assert.match(error, /could not be applied: the settings before it are in force again/)
      assert.deepEqual(errors[0]?.path, ['listen'])
      assert.match(errors[0].message, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}`))
      assert.equal(file(), before)
      assert.match(await mail('anna@friendly.net'), /^250 /)
      const entries = (await editor.call('/history')).json as { via: string; by: string; note?: string }[]
      const [latest, failed] = entries
      assert.deepEqual([latest?.via, latest?.by, failed?.via], ['rollback', 'anna', 'ui'])
      assert.match(latest?.note ?? '', /^put back by the gateway: cannot listen on/)
    })

    it('open and close ports', async () => {
      const port = await freePort()
      assert.equal((await patch([{ path: ['listen', 'other'], value: [gateway.port, port] }])).status, 200)
      assert.equal(await isListening(port), true)
      assert.equal((await patch([{ path: ['listen', 'other'], value: [gateway.port] }])).status, 200)
      await eventually('the port to be closed', async () => !(await isListening(port)))
    })

    it('are tried out before: a port, a next hop', async () => {
      const { port } = blocker.address() as AddressInfo
      const changes = [
        { path: ['listen', 'other'], value: [gateway.port, port] },
        { path: ['next_hops', 'there.net'], value: { host: '127.0.0.1', port: await freePort() } },
      ]
      const body = { base: await current(), changes }
      const answer: Answer = await editor.call('/settings/validate', { method: 'POST', body })
      const { status, json } = answer
      const { warnings } = json as { warnings: { path: unknown; message: string }[] }
      assert.equal(status, 200)
      assert.deepEqual(
        warnings.map(({ path }) => path),
        [
          ['listen', 'other', 1],
          ['next_hops', 'there.net'],
        ],
      )
      assert.match(warnings[0]?.message ?? '', /in use by another program/)
      assert.match(warnings[1]?.message ?? '', /cannot be used now: .*ECONNREFUSED/)
    })

    it('by several at once are won by one, whichever processes answer', async () => {
      const base = await current()
      const saves = [61, 62, 63, 64, 65].map((value) =>
        patch([{ path: ['inactivity_timeout'], value }], base),
      )
      const statuses = (await Promise.all(saves)).map(({ status }) => status)
      assert.deepEqual(statuses.sort(), [200, 409, 409, 409, 409])
    })

    it('are in a history that goes back', async () => {
      const entries = (await editor.call('/history')).json as readonly { id: string }[]
      const path = `/history/${entries.at(-1)?.id ?? ''}/restore`
      assert.equal((await editor.call(path, { method: 'POST', body: {} })).status, 200)
      for (const text of await greetings()) assert.match(text, /ESMTP First \(/)
    })

    it('may be list files, too', async () => {
      assert.match(await mail('eve@blocked-now.net'), /^250 /)
      const path = `/list-files/${encodeURIComponent('lists/blocked-domains.txt')}`
      const { version } = (await editor.call(path)).json as { version: string }
      const saved = await editor.call(path, {
        method: 'PUT',
        // Longer than what other calls take.
        body: { text: `blocked-now.net\n${'# why\n'.repeat(300_000)}` },
        headers: { 'If-Match': `"${version}"` },
      })
      assert.equal(saved.status, 200, saved.text)
      assert.match(saved.text, /"entries":1,"problems":\[\]/)
      await eventually('the entry to count', async () =>
        (await mail('eve@blocked-now.net')).startsWith('550 '),
      )
      assert.equal((await editor.call('/list-files/..%2Fgateway.secrets.yaml')).status, 404)
    })

    it('are for editors only', async () => {
      const reader = await signIn(gateway, 'rosa', PASSWORD)
      assert.equal((await reader.call('/settings')).status, 200)
      const headers = { 'If-Match': await current() }
      const refused = [
        reader.call('/settings', { method: 'PATCH', body: { changes: [] }, headers }),
        reader.call('/settings/validate', { method: 'POST', body: { base: 'x', changes: [] } }),
        reader.call('/settings/text'),
        reader.call('/settings/text', { method: 'PUT', body: { text: '{}' }, headers }),
        reader.call('/list-files/x.txt', { method: 'PUT', body: { text: '' }, headers }),
        reader.call('/history/x/restore', { method: 'POST', body: {} }),
      ]
      for (const { status } of await Promise.all(refused)) assert.equal(status, 403)
    })

    it('leave no password and no hash in any answer', async () => {
      for (const path of ['/settings', '/settings/text', '/history?limit=200', '/list-files', '/state']) {
        const { status, text } = await editor.call(path)
        assert.equal(status, 200, path)
        assert.doesNotMatch(text, /scrypt\$/, path)
      }
    })
  })
}
