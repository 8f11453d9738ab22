import assert from 'node:assert/strict'
import { cpus } from 'node:os'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { signIn, uiUser, watchEvents, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'
const SENDER = 'joe@friendly.example'

// Other files have two workers.
for (const nodes of [0, 1, 'cpus'] as const) {
  describe(`the web page with nodes=${nodes}`, function () {
    this.timeout(60_000)
    const workers = nodes === 'cpus' ? cpus().length : Math.max(nodes, 1)
    const processes = nodes === 0 ? 1 : workers + 1
    let gateway: Gateway
    let editor: WebClient

    before(async () => {
      gateway = await startGateway({
        nodes,
        web: true,
        plugins: ['mail-core', 'next-hops', 'status'].map((name) => `gateway/${name}`),
        secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') } },
        settings: { greeting: ['Before'], next_hops: { 'example.com': { maildir: 'maildir' } } },
      })
      editor = await signIn(gateway, 'anna', PASSWORD)
    })
    after(() => gateway.stop())

    /** Of as many sessions as reach every worker. */
    const greetings = async (): Promise<readonly string[]> => {
      const clients = await Promise.all(Array.from({ length: 3 * workers }, () => gateway.client()))
      for (const client of clients) client.close()
      return clients.map(({ greeting }) => greeting)
    }

    it('signs in, shows mail live, changes a setting in every process, and remembers who did', async () => {
      const watched = await watchEvents(gateway, editor)
      const client = await gateway.client()
      assert.match(client.greeting, /Before/)
      const sent = { from: SENDER, to: 'bob@example.com', message: 'Subject: x\n\nx\n' }
      assert.match(await client.sendMail(sent), /^250 /)
      client.close()
      await eventually('the message to be told', () =>
        watched.events.some(
          ({ event, data }) => event === 'message' && (data as { sender: string }).sender === SENDER,
        ),
      )
      watched.close()

      const { version } = (await editor.call('/settings')).json as { version: string }
      const saved = await editor.call('/settings', {
        method: 'PATCH',
        headers: { 'If-Match': `"${version}"` },
        body: { changes: [{ path: ['greeting'], value: ['After'] }], note: 'a new greeting' },
      })
      assert.equal(saved.status, 200, saved.text)
      const { applied } = saved.json as { applied: { ok: boolean }[] }
      assert.deepEqual(
        applied.map(({ ok }) => ok),
        Array.from({ length: processes }, () => true),
      )
      for (const greeting of await greetings()) assert.match(greeting, /After/)

      const [latest] = (await editor.call('/history')).json as { by: string; note: string }[]
      assert.deepEqual([latest?.by, latest?.note], ['anna', 'a new greeting'])
      const state = (await editor.call('/state')).json as { workers: { settingsVersion: string }[] }
      assert.equal(state.workers.length, processes)
      assert.equal(new Set(state.workers.map(({ settingsVersion }) => settingsVersion)).size, 1)
    })
  })
}
