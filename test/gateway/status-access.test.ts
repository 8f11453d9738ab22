import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { startGateway, type Gateway } from '../support/gateway'
import { rawRequest, sendRaw } from '../support/raw-http'
import { fetchText, signIn, uiUser, webClient, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'
const HOSTNAME = 'mx.private-name.test'
const LIST = 'Private List Name'
const webFolder = join(__dirname, '..', '..', 'dist', 'status', 'web')

interface Operation {
  readonly description: string
}
interface Call {
  readonly method: string
  readonly path: string
  readonly access: string
}

describe('who may see and change what on the web page', function () {
  this.timeout(60_000)
  let gateway: Gateway
  let editor: WebClient
  let reader: WebClient
  /** Of the document that the gateway serves, so that a new call is among them. */
  let calls: readonly Call[]

  before(async () => {
    const [anna, rosa] = await Promise.all([uiUser(PASSWORD, 'editor'), uiUser(PASSWORD, 'reader')])
    gateway = await startGateway({
      nodes: 2,
      web: true,
      hostname: HOSTNAME,
      secrets: { ui_users: { anna, rosa } },
      settings: {
        next_hops: { 'example.com': { maildir: 'maildir' } },
        ip_blocklists: { custom: [{ file: 'lists/blocked-clients.txt', name: LIST }] },
      },
    })
    editor = await signIn(gateway, 'anna', PASSWORD)
    reader = await signIn(gateway, 'rosa', PASSWORD)
    const { paths } = (await reader.call('/openapi.json')).json as {
      paths: Record<string, Record<string, Operation>>
    }
    calls = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { description }]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'x'),
        access: description,
      })),
    )
  })
  after(() => gateway.stop())

  const statuses = async (
    client: WebClient,
    wanted: readonly Call[],
    headers: Record<string, string> = {},
  ): Promise<Record<string, number>> => {
    const answers: Record<string, number> = {}
    for (const { method, path } of wanted) {
      const body = method === 'GET' ? {} : { body: {} }
      answers[`${method} ${path}`] = (await client.call(path, { method, headers, ...body })).status
    }
    return answers
  }
  const all = (wanted: readonly Call[], status: number): Record<string, number> =>
    Object.fromEntries(wanted.map(({ method, path }) => [`${method} ${path}`, status]))
  const closed = (): readonly Call[] => calls.filter(({ access }) => access !== 'For anyone.')
  const changing = (): readonly Call[] => closed().filter(({ method }) => method !== 'GET')

  it('nobody calls anything but login and logout without a session', async () => {
    assert.ok(closed().length > 30, `${closed().length} calls`)
    const open = calls.filter(({ access }) => access === 'For anyone.')
    assert.deepEqual(open.map(({ path }) => path).sort(), ['/login', '/logout'])
    assert.deepEqual(await statuses(webClient(gateway), closed()), all(closed(), 401))
    const forged = webClient(gateway, { cookie: `${editor.cookie.slice(0, -4)}AAAA`, csrf: editor.csrf })
    assert.deepEqual(await statuses(forged, closed()), all(closed(), 401))
    // A token that is wrong is not made up for by the cookie beside it.
    const wrongToken = { Authorization: `Bearer gtw_aaaaaaaa_${'A'.repeat(43)}` }
    assert.deepEqual(await statuses(editor, closed(), wrongToken), all(closed(), 401))
  })

  it('a reader changes nothing', async () => {
    const forEditors = calls.filter(({ access }) => access === 'For editors.')
    assert.ok(forEditors.length > 10, `${forEditors.length} calls`)
    assert.deepEqual(await statuses(reader, forEditors), all(forEditors, 403))
  })

  it('nobody changes anything without the CSRF token of this session, or from a foreign page', async () => {
    const { cookie } = editor
    for (const csrf of ['', 'wrong', reader.csrf]) {
      assert.deepEqual(await statuses(webClient(gateway, { cookie, csrf }), changing()), all(changing(), 403))
    }
    const everyChange = calls.filter(({ method }) => method !== 'GET')
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
      assert.deepEqual(await statuses(editor, everyChange, headers), all(everyChange, 403))
    }
    assert.equal((await editor.call('/session')).status, 200)
  })

  it('shows nothing before the login but the empty page and that it lives', async () => {
    const files = readdirSync(webFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(webFolder, join(entry.parentPath, entry.name)))
    assert.ok(files.includes('index.html'))
    const others = ['', 'health', 'metrics', 'state', 'api/v1', 'api/v1/', 'api/v1/nothing', 'config']
    for (const path of [...files, ...others]) {
      const answer = await fetchText(`${gateway.url}/${path}`)
      assert.ok(!answer.text.includes(HOSTNAME) && !answer.text.includes(LIST), path)
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'self'/, path)
      assert.equal(answer.headers.get('x-powered-by'), null, path)
    }
    assert.deepEqual((await fetchText(`${gateway.url}/health`)).json, { status: 'ok' })
    assert.equal((await fetchText(`${gateway.url}/metrics`)).status, 401)
  })

  it('serves no file but those of the page', async () => {
    const escapes = [
      'css/../../../config/gateway.secrets.yaml',
      '..%2f..%2fconfig%2fgateway.secrets.yaml',
      '%2e%2e/%2e%2e/config/gateway.secrets.yaml',
      'css/..%5c..%5cpackage.json',
      'css/base.css%00.js',
      '__proto__',
      'constructor',
      'types.d.ts',
    ]
    for (const path of escapes) {
      const { status } = await sendRaw(gateway, rawRequest(`GET /gateway/${path}`))
      assert.equal(status, 404, path)
    }
    const names = ['..%2fgateway.secrets.yaml', 'lists%2f..%2f..%2fgateway.yaml', '%2fetc%2fpasswd', '%2e%2e']
    const session = [`Cookie: ${editor.cookie}`, `X-CSRF-Token: ${editor.csrf}`]
    const body = JSON.stringify({ text: '192.0.2.1\n' })
    const put = [
      ...session,
      'If-None-Match: *',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ]
    for (const name of names) {
      const path = `/gateway/api/v1/list-files/${name}`
      assert.equal((await sendRaw(gateway, rawRequest(`GET ${path}`, ...session))).status, 404, name)
      assert.equal((await sendRaw(gateway, rawRequest(`PUT ${path}`, ...put) + body)).status, 404, name)
    }
    const good = `/gateway/api/v1/list-files/blocked-clients.txt`
    assert.equal((await sendRaw(gateway, rawRequest(`GET ${good}`, ...session))).status, 200)
  })
})
