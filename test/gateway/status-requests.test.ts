import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startGateway, type Gateway } from '../support/gateway'
import { rawRequest, sendRaw, type RawAnswer } from '../support/raw-http'
import { signIn, uiUser, type WebAnswer, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'

describe('requests that no browser sends to the web page', function () {
  this.timeout(60_000)
  let gateway: Gateway
  let editor: WebClient

  before(async () => {
    gateway = await startGateway({
      nodes: 1,
      web: true,
      secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') } },
      settings: { next_hops: { 'example.com': { maildir: 'maildir' } } },
    })
    editor = await signIn(gateway, 'anna', PASSWORD)
  })
  after(() => gateway.stop())
  afterEach(async () => {
    // The process that took it lives, and takes mail.
    assert.equal((await editor.call('/session')).status, 200)
    const client = await gateway.client()
    assert.match(client.greeting, /^220 /)
    client.close()
  })

  const session = (): string[] => [`Cookie: ${editor.cookie}`, `X-CSRF-Token: ${editor.csrf}`]
  const sendBody = (
    path: string,
    body: string,
    { type = 'application/json', method = 'POST', match = 'x' } = {},
  ): Promise<RawAnswer> => {
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    const fields = [...session(), `Content-Type: ${type}`, `If-Match: "${match}"`, length]
    return sendRaw(gateway, rawRequest(`${method} /gateway/api/v1${path}`, ...fields) + body)
  }
  const patch = async (changes: readonly object[]): Promise<WebAnswer> => {
    const { version } = (await editor.call('/settings')).json as { version: string }
    const headers = { 'If-Match': `"${version}"` }
    return editor.call('/settings', { method: 'PATCH', body: { changes }, headers })
  }
  const written = (name: string): string => readFileSync(join(gateway.dir, 'config', name), 'utf8')

  it('are refused when their body is too large, said or not, and the connection ends', async () => {
    const head = (...fields: string[]): string =>
      rawRequest(
        'POST /gateway/api/v1/check',
        ...session(),
        'Content-Type: application/json',
        ...fields,
      ).replace('Connection: close', 'Connection: keep-alive')
    const announced = await sendRaw(gateway, head('Content-Length: 999999999'))
    assert.equal(announced.status, 413, announced.text)
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const streamed = await sendRaw(gateway, head('Transfer-Encoding: chunked') + chunk.repeat(20))
    assert.equal(streamed.status, 413, streamed.text)
    const login = await sendRaw(
      gateway,
      rawRequest('POST /gateway/api/v1/login', 'Content-Type: application/json', 'Content-Length: 5000'),
    )
    assert.equal(login.status, 413, login.text)
  })

  it('are refused when they are no JSON, of another type, or nested without an end', async () => {
    for (const body of ['{', '"', 'null', '[]', '{"items":', '\0', '{"items":["x"],"more":1}']) {
      assert.equal((await sendBody('/check', body)).status, 400, body)
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'x']) {
      assert.equal((await sendBody('/check', '{"items":["192.0.2.1"]}', { type })).status, 415, type)
    }
    const { version } = (await editor.call('/settings')).json as { version: string }
    for (const depth of [1000, 3000, 400_000]) {
      const change = `{"path":["greeting"],"value":${'['.repeat(depth)}${']'.repeat(depth)}}`
      const validated = await sendBody('/settings/validate', `{"base":"${version}","changes":[${change}]}`)
      assert.ok([200, 400].includes(validated.status), `${depth}: ${validated.text.slice(0, 300)}`)
      const saved = await sendBody('/settings', `{"changes":[${change}]}`, {
        method: 'PATCH',
        match: version,
      })
      assert.ok([400, 422].includes(saved.status), `${depth}: ${saved.text.slice(0, 300)}`)
    }
  })

  it('cannot reach the prototype of an object', async () => {
    const before = written('gateway.yaml')
    const secretsBefore = written('gateway.secrets.yaml')
    const key = await sendBody(
      '/settings/validate',
      '{"base":"x","changes":[],"__proto__":{"role":"editor"}}',
    )
    assert.equal(key.status, 400)
    for (const path of [
      ['__proto__', 'polluted'],
      ['constructor', 'prototype', 'polluted'],
      ['status', '__proto__', 'polluted'],
      ['next_hops', '__proto__'],
      ['next_hops', 'constructor'],
      ['message_size', 'hosts', '__proto__'],
    ]) {
      const answer = await patch([{ path, value: { maildir: 'x' } }])
      assert.ok([400, 422].includes(answer.status), `${path.join('.')}: ${answer.status} ${answer.text}`)
    }
    for (const path of ['/users/__proto__', '/smtp-users/__proto__']) {
      const answer = await editor.call(path, {
        method: 'PUT',
        body: { password: PASSWORD, ...(path.startsWith('/users') && { role: 'editor' }) },
      })
      assert.ok([400, 409, 422].includes(answer.status), `${path}: ${answer.status} ${answer.text}`)
      assert.ok([404, 409, 422].includes((await editor.call(path, { method: 'DELETE' })).status), path)
    }
    assert.equal((await editor.call('/tokens/__proto__', { method: 'DELETE' })).status, 404)
    assert.equal((await editor.call('/history/__proto__')).status, 404)
    assert.equal((await editor.call('/messages/constructor')).status, 404)
    const login = { method: 'POST', body: { name: '__proto__', password: PASSWORD } }
    assert.equal((await editor.call('/login', login)).status, 401)
    assert.equal(written('gateway.yaml'), before)
    assert.equal(written('gateway.secrets.yaml'), secretsBefore)
  })

  it('put no header fields into answers, and lead nowhere else', async () => {
    const targets = [
      '/',
      '//evil.example',
      '//evil.example/gateway',
      '/gateway',
      'http://evil.example/gateway',
    ]
    for (const target of [...targets, '/gateway%0d%0aX-Injected:%20yes', '/%0d%0aX-Injected:%20yes']) {
      const { text } = await sendRaw(gateway, rawRequest(`GET ${target}`, 'X-Forwarded-Host: evil.example'))
      const [head = ''] = text.split('\r\n\r\n', 1)
      assert.doesNotMatch(head, /^x-injected/im, target)
      assert.doesNotMatch(/^location: (.*)$/im.exec(head)?.[1] ?? '', /^\/\/|evil/, head)
    }
    const odd = [
      'GET /gateway/%',
      'GET /gateway/api/v1/%E0%A4%A',
      'GET /gateway/api/v1/messages?x=%',
      'GET *',
    ]
    for (const line of odd)
      assert.match((await sendRaw(gateway, rawRequest(line))).text, /^HTTP\/1\.1 4\d\d/, line)
    const smuggled = rawRequest(
      'POST /gateway/api/v1/check',
      ...session(),
      'Content-Type: application/json',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
    )
    assert.equal(
      (await sendRaw(gateway, `${smuggled}0\r\n\r\nGET /gateway/api/v1/session HTTP/1.1\r\n\r\n`)).status,
      400,
    )
    const large = await sendRaw(gateway, rawRequest('GET /gateway/', `X-Large: ${'x'.repeat(100_000)}`))
    assert.equal(large.status, 431)
  })

  it('do not keep a connection by sending their header slowly', async () => {
    const began = 'GET /gateway/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: '
    const answer = await sendRaw(gateway, began, (socket) => {
      const timer = setInterval(() => socket.write('x'), 500)
      socket.once('close', () => {
        clearInterval(timer)
      })
    })
    assert.equal(answer.status, 408, answer.text)
  })
})
