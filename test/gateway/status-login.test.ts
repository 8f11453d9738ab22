import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { signIn, uiUser, watchEvents, webClient, type WebAnswer, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'
const NEXT_PASSWORD = 'correct horse staple'

for (const nodes of [0, 2]) {
  describe(`logins of the web page, nodes=${nodes}`, function () {
    this.timeout(60_000)
    let gateway: Gateway
    let editor: WebClient
    /** Of a user who was removed meanwhile. */
    let eventsEnded: Promise<void>

    before(async () => {
      const [anna, rosa, otto] = await Promise.all([
        uiUser(PASSWORD, 'editor'),
        uiUser(PASSWORD, 'reader'),
        uiUser(PASSWORD, 'editor'),
      ])
      gateway = await startGateway({
        nodes,
        web: true,
        secrets: { ui_users: { anna, rosa, otto } },
        settings: { next_hops: { 'example.com': { maildir: 'maildir' } } },
      })
      editor = await signIn(gateway, 'anna', PASSWORD)
    })
    after(() => gateway.stop())

    const login = (name: string, password: string, forwardedFor?: string): Promise<WebAnswer> =>
      webClient(gateway).call('/login', {
        method: 'POST',
        body: { name, password },
        ...(forwardedFor !== undefined && { headers: { 'X-Forwarded-For': forwardedFor } }),
      })
    const change = async (client: WebClient, path: string, method: string, body?: object): Promise<void> => {
      const answer = await client.call(path, { method, ...(body && { body }) })
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
    }
    /** Of calls that go to every worker. */
    const statuses = async (client: WebClient, headers: Record<string, string> = {}): Promise<number[]> => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => client.call('/session', { headers })))
      return [...new Set(answers.map(({ status }) => status))]
    }
    const ended = async (client: WebClient): Promise<void> => {
      await eventually('the session to have ended', async () => {
        const [status, ...others] = await statuses(client)
        return status === 401 && others.length === 0
      })
    }

    it('hold at whichever worker, and end everywhere with the logout', async () => {
      const rosa = await signIn(gateway, 'rosa', PASSWORD)
      assert.deepEqual(await statuses(rosa), [200])
      await change(rosa, '/logout', 'POST')
      await ended(rosa)
      assert.deepEqual(await statuses(editor), [200])
    })

    it('end when the password changes, but for the session that changed it', async () => {
      const [one, other] = [await signIn(gateway, 'rosa', PASSWORD), await signIn(gateway, 'rosa', PASSWORD)]
      const refused = await one.call('/password', {
        method: 'PUT',
        body: { current: 'wrong', next: NEXT_PASSWORD },
      })
      assert.equal(refused.status, 422)
      const changed = await one.call('/password', {
        method: 'PUT',
        body: { current: PASSWORD, next: NEXT_PASSWORD },
      })
      assert.equal(changed.status, 200, changed.text)
      await ended(one)
      await ended(other)
      const { csrf } = changed.json as { csrf: string }
      const cookie = changed.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      assert.deepEqual(await statuses(webClient(gateway, { cookie, csrf })), [200])
      assert.equal((await login('rosa', PASSWORD)).status, 401)
      assert.equal((await login('rosa', NEXT_PASSWORD)).status, 200)
    })

    it('have at once the role that another editor gives, and end when they are removed', async () => {
      const otto = await signIn(gateway, 'otto', PASSWORD)
      assert.equal((await otto.call('/users')).status, 200)
      await change(editor, '/users/otto', 'PUT', { role: 'reader' })
      assert.deepEqual((await otto.call('/users')).status, 403)
      const events = await watchEvents(gateway, otto)
      await change(editor, '/users/otto', 'DELETE')
      await ended(otto)
      assert.equal((await login('otto', PASSWORD)).status, 401)
      eventsEnded = events.ended
    })

    it('cannot be lost by the last editor', async () => {
      assert.equal((await editor.call('/users/anna', { method: 'DELETE' })).status, 409)
      assert.equal(
        (await editor.call('/users/anna', { method: 'PUT', body: { role: 'reader' } })).status,
        409,
      )
    })

    it('have tokens beside them, which end when they are taken back', async () => {
      const made = await editor.call('/tokens', { method: 'POST', body: { name: 'probe', role: 'reader' } })
      assert.equal(made.status, 201)
      const { id, token } = made.json as { id: string; token: string }
      const bearer = { Authorization: `Bearer ${token}` }
      assert.deepEqual(await statuses(webClient(gateway), bearer), [200])
      assert.equal((await webClient(gateway).call('/users', { headers: bearer })).status, 403)
      const noChange = { method: 'DELETE', headers: bearer }
      assert.equal((await webClient(gateway).call(`/tokens/${id}`, noChange)).status, 403)
      const listed = await editor.call('/tokens')
      assert.ok(!listed.text.includes(token.slice(-43)))
      assert.ok((listed.json as { lastUsedAt: number }[]).some(({ lastUsedAt }) => lastUsedAt > 0))
      await change(editor, `/tokens/${id}`, 'DELETE')
      await eventually('the token to be unknown', async () =>
        (await statuses(webClient(gateway), bearer)).every((status) => status === 401),
      )
      assert.equal((await editor.call(`/tokens/${id}`, { method: 'DELETE' })).status, 404)
    })

    /** Who guesses until told to wait, and how often that was. */
    const guesses = async (count: number, name: string, from?: (nth: number) => string): Promise<number> => {
      let refused = 0
      for (let nth = 0; nth < count; nth++) {
        const { status, headers } = await login(name, `guess ${nth}`, from?.(nth))
        if (status === 429) {
          assert.ok(Number(headers.get('retry-after')) > 0)
          return refused
        }
        assert.equal(status, 401)
        refused++
      }
      return refused
    }

    it('may be guessed ten times from an address, whatever it says of itself', async () => {
      assert.equal((await login('anna', PASSWORD)).status, 200)
      const made = await guesses(14, 'nobody', (nth) => `192.0.2.${nth}`)
      assert.ok(made >= 10 && made <= 12, `${made} guesses`)
      assert.equal((await login('anna', PASSWORD, '192.0.2.99')).status, 429)
    })

    it('may be guessed thirty times from many addresses, right or wrong, but for where the user has signed in', async () => {
      const { version } = (await editor.call('/settings')).json as { version: string }
      const trusting = await editor.call('/settings', {
        method: 'PATCH',
        headers: { 'If-Match': `"${version}"` },
        body: { changes: [{ path: ['status', 'trust_proxy'], value: ['127.0.0.1'] }] },
      })
      assert.equal(trusting.status, 200, trusting.text)
      assert.equal((await login('anna', PASSWORD, '192.0.2.200')).status, 200)
      // What the proxy adds stands last; what comes before it the client wrote.
      const lies = await guesses(14, 'nobody', (nth) => `192.0.2.${nth}, 198.51.100.9`)
      assert.ok(lies >= 10 && lies <= 12, `${lies} guesses`)
      const made = await guesses(36, 'anna', (nth) => `203.0.113.${nth}`)
      assert.ok(made >= 25 && made <= 34, `${made} guesses`)
      assert.equal((await login('anna', PASSWORD, '203.0.113.99')).status, 429)
      assert.equal((await login('anna', PASSWORD, '192.0.2.200')).status, 200)
    })

    // It looks every 15 seconds whether it still may be, so this comes last.
    it('take what is shown live with them when they end', () => eventsEnded)
  })
}
