import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createCallers } from '../../plugins/status/callers'
import { setSecurityHeaders } from '../../plugins/status/security-headers'

describe('callers of the API', () => {
  const session = { name: 'anna', role: 'editor', csrf: 'right' }
  const callers = createCallers(
    { read: (token: string) => (token === 'good' ? session : undefined) } as never,
    { read: (token: string) => (token === 'gtw' ? { name: 'token t', role: 'reader' } : undefined) } as never,
  )
  const request = (headers: Record<string, string>): IncomingMessage => ({ headers }) as never
  const cookie = 'other=1; gateway_session=good'
  const status = (headers: Record<string, string>, publicUrl = '', needsCsrf = true): number => {
    try {
      callers.assertIntended(request({ cookie, host: 'gw.example:8025', ...headers }), publicUrl, needsCsrf)
      return 200
    } catch (error) {
      return (error as { status: number }).status
    }
  }
  const csrf = { 'x-csrf-token': 'right' }

  it('are known by a cookie or a token, and a bad token is not made up for by a cookie', () => {
    assert.equal(callers.identify(request({ cookie }))?.name, 'anna')
    assert.equal(callers.identify(request({ cookie: 'gateway_session=bad' })), undefined)
    assert.equal(callers.identify(request({ authorization: 'Bearer gtw', cookie }))?.name, 'token t')
    assert.equal(callers.identify(request({ authorization: 'bearer bad', cookie })), undefined)
    assert.equal(callers.identify(request({ authorization: 'Bearer ', cookie })), undefined)
    assert.equal(callers.identify(request({})), undefined)
  })

  it('bring the CSRF token of their session when they change something', () => {
    assert.equal(status(csrf), 200)
    for (const wrong of [
      {},
      { 'x-csrf-token': '' },
      { 'x-csrf-token': 'wrong' },
      { 'x-csrf-token': 'right2' },
    ])
      assert.equal(status(wrong as Record<string, string>), 403)
    // Who signs in has none yet, and a token is sent by nobody who does not mean it.
    assert.equal(status({}, '', false), 200)
    assert.equal(status({ authorization: 'Bearer gtw', origin: 'https://evil.example' }), 200)
  })

  it('come from a page of this site', () => {
    const sites = { 'same-origin': 200, none: 200, 'same-site': 403, 'cross-site': 403, x: 403 }
    for (const [site, wanted] of Object.entries(sites))
      assert.equal(status({ ...csrf, 'sec-fetch-site': site }), wanted, site)
    const origins = {
      'http://gw.example:8025': 200,
      'http://gw.example': 403,
      'https://evil.example': 403,
      'http://gw.example:8025.evil.example': 403,
      null: 403,
      'https://mail.example': 403,
    }
    for (const [origin, wanted] of Object.entries(origins))
      assert.equal(status({ ...csrf, origin }), wanted, origin)
    assert.equal(status({ ...csrf, host: 'gw.example', origin: 'http://gw.example' }), 200)
    assert.equal(status({ ...csrf, host: 'gw.example', origin: 'http://gw.example.evil.example' }), 403)
    const publicUrl = 'https://mail.example/gateway/'
    assert.equal(status({ ...csrf, origin: 'https://mail.example' }, publicUrl), 200)
    assert.equal(status({ ...csrf, origin: 'http://mail.example' }, publicUrl), 403)
    assert.equal(status({ origin: 'https://evil.example' }, publicUrl, false), 403)
  })

  it('get answers that no other page can frame, sniff or load from', () => {
    const set = new Map<string, string>()
    setSecurityHeaders({
      setHeader: (name: string, value: string) => set.set(name.toLowerCase(), value),
    } as never)
    const policy = (set.get('content-security-policy') ?? '').split('; ').sort()
    assert.deepEqual(policy, [
      "base-uri 'none'",
      "default-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
    ])
    const others: readonly (readonly [string, string])[] = [
      ['x-content-type-options', 'nosniff'],
      ['x-frame-options', 'DENY'],
      ['referrer-policy', 'no-referrer'],
      ['cross-origin-opener-policy', 'same-origin'],
      ['cross-origin-resource-policy', 'same-origin'],
    ]
    for (const [name, value] of others) assert.equal(set.get(name), value, name)
  })
})
