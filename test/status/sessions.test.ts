import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createSessionCookies } from '../../plugins/status/session-cookies'
import { createSessions, type OpenSession } from '../../plugins/status/sessions'

const HOUR_MS = 3_600_000

describe('sessions of the web page', () => {
  const start = Date.UTC(2026, 0, 1)
  let now: number
  let users: Record<string, { password: string; role: 'reader' | 'editor' }>
  let ended: Set<string>
  const key = randomBytes(32)
  const create = (own = key) =>
    createSessions({
      key: own,
      users: () => users,
      lifetimeMs: () => 8 * HOUR_MS,
      ended: { has: (id: string) => ended.has(id), add: (id: string) => void ended.add(id) },
      clock: { now: () => now, monotonic: () => now },
    })
  const open = (): OpenSession => {
    const session = create().open('anna')
    assert.ok(session)
    return session
  }

  beforeEach(() => {
    now = start
    users = { anna: { password: 'hash of one', role: 'editor' } }
    ended = new Set()
  })

  it('hold until their time is over, and not a moment longer', () => {
    const { token } = open()
    now = start + 8 * HOUR_MS - 1
    assert.equal(create().read(token)?.name, 'anna')
    now = start + 8 * HOUR_MS
    assert.equal(create().read(token), undefined)
  })

  it('end with a logout, another password, and the user', () => {
    const [one, other] = [open(), open()]
    create().end(one)
    assert.equal(create().read(one.token), undefined)
    assert.ok(create().read(other.token))
    users = { anna: { password: 'hash of another', role: 'editor' } }
    assert.equal(create().read(other.token), undefined)
    users = {}
    assert.equal(create().read(other.token), undefined)
  })

  it('are signed, and their CSRF token is their own', () => {
    const { token, csrf } = open()
    assert.equal(create(randomBytes(32)).read(token), undefined)
    const [payload = '', mac = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const forged = Buffer.from(JSON.stringify({ ...claims, expiresAt: start * 2 })).toString('base64url')
    for (const bad of [`${forged}.${mac}`, `${payload}.`, payload, '', `${token}.x`, 'x'.repeat(2000)])
      assert.equal(create().read(bad), undefined, bad)
    assert.notEqual(csrf, open().csrf)
    assert.equal(create().read(token)?.csrf, csrf)
  })

  it('have at once the role that the user has now', () => {
    const { token } = open()
    users = { anna: { password: 'hash of one', role: 'reader' } }
    assert.equal(create().read(token)?.role, 'reader')
  })

  it('are not for names that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) assert.equal(create().open(name), undefined)
  })
})

describe('the cookie of a session', () => {
  const cookies = (publicUrl = '') =>
    createSessionCookies(() => ({ session_hours: 8, public_url: publicUrl }) as never)
  const attributes = (cookie: string): string[] => cookie.split('; ').slice(1).sort()
  const session = { token: 'abc' } as OpenSession

  it('is for no script, no foreign page, and no connection that can be read', () => {
    const path = 'Path=/gateway'
    assert.match(cookies().set(session, false), /^gateway_session=abc; /)
    const plain = ['HttpOnly', 'Max-Age=28800', path, 'SameSite=Strict']
    assert.deepEqual(attributes(cookies().set(session, false)), plain)
    assert.deepEqual(attributes(cookies().set(session, true)), [...plain, 'Secure'])
    assert.deepEqual(attributes(cookies().clear(true)), ['HttpOnly', 'Max-Age=0', path, 'SameSite=Strict', 'Secure']) // prettier-ignore
  })

  it('is for where a proxy has the page, only by way of the proxy', () => {
    const proxied = cookies('https://mail.example/tools/gateway/')
    assert.ok(attributes(proxied.set(session, true)).includes('Path=/tools/gateway'))
    assert.ok(attributes(proxied.set(session, false)).includes('Path=/gateway'))
    assert.ok(attributes(cookies('https://mail.example').set(session, true)).includes('Path=/'))
  })
})
