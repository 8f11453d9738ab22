import assert from 'node:assert/strict'
import { fetchText, signIn, uiUser } from '../../test/support/web'
import type { Attempt } from './engines'
import { mutate, pick } from './mutate'
import { startTarget } from './target'

const PASSWORD = 'correct horse battery'

/** Requests that are taken as they are. */
const requests: readonly { readonly method: string; readonly path: string; readonly body: unknown }[] = [
  { method: 'POST', path: '/login', body: { name: 'anna', password: PASSWORD } },
  {
    method: 'POST',
    path: '/settings/validate',
    body: { changes: [{ path: ['inactivity_timeout'], value: 120 }] },
  },
  { method: 'PATCH', path: '/settings', body: { changes: [{ path: ['greeting'], value: ['Hello'] }] } },
  { method: 'PUT', path: '/settings/text', body: { text: 'greeting: [Hello]\n' } },
  { method: 'POST', path: '/check', body: { items: ['192.0.2.1', 'example.net'] } },
  { method: 'POST', path: '/mark', body: { from: 'Anna <anna@sender.example>', domain: 'esp.example' } },
  {
    method: 'POST',
    path: '/explain',
    body: {
      ip: '192.0.2.1',
      helo: 'a.example',
      from: 'a@b.example',
      to: ['bob@here.net'],
      message: 'Subject: x',
    },
  },
  { method: 'POST', path: '/allow', body: { list: 'ip', value: '192.0.2.9', days: 1, note: 'x' } },
  { method: 'POST', path: '/tokens', body: { name: 'x', role: 'reader' } },
  { method: 'PUT', path: '/list-files/blocked-clients.txt', body: { text: '192.0.2.77\n' } },
  { method: 'POST', path: '/lists/test', body: { id: 'x' } },
  { method: 'POST', path: '/next-hops/test', body: { domain: 'here.net' } },
]
const words = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '__proto__',
  'null',
  '1e999',
  '-1',
  '\\ud800',
  '../',
  '\0',
  'ü',
  '{}',
]

/** Bodies for the API of a real gateway: it may say no, but it must not break, nor must mail. */
export async function openApi(): Promise<{ attempt: Attempt; close: () => Promise<void> }> {
  const gateway = await startTarget({
    web: true,
    secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') } },
  })
  const { cookie, csrf } = await signIn(gateway, 'anna', PASSWORD)
  return {
    async attempt(random) {
      const { method, path, body } = pick(random, requests)
      const bytes = mutate(random, Buffer.from(JSON.stringify(body)), words)
      const { status, text } = await fetchText(`${gateway.url}/api/v1${path}`, {
        method,
        headers: {
          Cookie: cookie,
          'X-CSRF-Token': csrf,
          'Content-Type': 'application/json',
          'If-Match': '"x"',
        },
        body: new Uint8Array(bytes),
      })
      assert.ok(
        status >= 200 && status < 500,
        `${method} ${path}: ${status} ${text}\n${bytes.toString('latin1')}`,
      )
      assert.doesNotMatch(text, /at .*\.js:\d+/)
      assert.doesNotMatch(gateway.log(), /\[CRIT\]|TypeError|RangeError/)
    },
    close: () => gateway.stop(),
  }
}
