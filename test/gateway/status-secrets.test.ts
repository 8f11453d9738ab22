import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createTestCertificate } from '../support/certificate'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { freePort } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import { fetchText, signIn, uiUser, watchEvents, type WebClient } from '../support/web'

const PASSWORD = 'correct horse battery'
const KEY = 'distinctivekey4711dqs'
const HOP_PASSWORD = 'distinctive-hop-password'
const FLEET_PASSWORD = 'distinctive-fleet-password'
const NEW_KEY = 'distinctivekey0815abusix'
const LISTED = '203.0.113.9'
/** What may hold secrets, and is for nobody else to read: the last of them are the settings that were good last. */
const SECRET_FILES = ['config/gateway.secrets.yaml', 'state/settings.json']
const KEY_FILE = 'config/tls.pem'

describe('secrets', function () {
  this.timeout(60_000)
  let dns: DnsServer
  let gateway: Gateway
  let editor: WebClient
  let secrets: readonly string[]

  before(async () => {
    dns = await createDnsServer(({ name }) => {
      if (name.includes('9.113.0.203.') || name.includes('2.0.0.127.'))
        return { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
      // An answer that suspends the list, which is said aloud.
      if (name.includes('10.113.0.203.'))
        return { answers: [{ type: 'A', value: '127.255.255.252', ttl: 60 }] }
      return { rcode: 'NXDOMAIN', soa: { minimum: 60 } }
    })
    const { key, certificate } = createTestCertificate(['mx.gateway.test'])
    const anna = await uiUser(PASSWORD, 'editor')
    secrets = [KEY, HOP_PASSWORD, FLEET_PASSWORD, NEW_KEY, PASSWORD, anna.password, key.split('\n')[1] ?? '']
    gateway = await startGateway({
      nodes: 2,
      web: true,
      files: { 'tls.pem': key + certificate },
      secrets: {
        providers: { 'spamhaus-dqs': { key: KEY } },
        next_hops: { 'hop.example': { password: HOP_PASSWORD } },
        fleet: { password: FLEET_PASSWORD },
        ui_users: { anna },
      },
      settings: {
        dns: { servers: [dns.address], timeout: 1000 },
        tls: { certificate: 'tls.pem' },
        fleet: { redis: `redis://127.0.0.1:${await freePort()}` },
        next_hops: {
          'example.com': { maildir: 'maildir' },
          'hop.example': { host: '127.0.0.1', port: await freePort(), auth: { user: 'gateway' } },
        },
        ip_blocklists: { 'spamhaus-dqs': ['zen'] },
        domain_blocklists: { 'spamhaus-dqs': ['dbl'] },
      },
    })
    editor = await signIn(gateway, 'anna', PASSWORD)
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  const assertNone = (text: string, where: string): void => {
    for (const secret of secrets) {
      const at = text.indexOf(secret)
      assert.ok(at < 0, `${where} tells a secret: ${text.slice(Math.max(0, at - 80), at + 20)}`)
    }
  }
  const mail = async (ip: string, to: string): Promise<string> => {
    const client = await gateway.client(ip)
    const reply = await client.sendMail({ from: 'anna@news.example', to, message: 'Subject: x\n\nx\n' })
    client.close()
    return reply
  }

  it('are told by no reply, no answer, no event, no log and no file beside their own', async () => {
    const watched = await watchEvents(gateway, editor)
    const refusal = await mail(LISTED, 'bob@example.com')
    assert.match(refusal, /^550 /)
    assert.ok(
      dns.queries.some(({ name }) => name.includes(KEY)),
      'the key is used',
    )
    const others = [
      await mail('203.0.113.10', 'bob@example.com'),
      await mail('198.51.100.1', 'bob@hop.example'),
    ]
    await eventually(
      'the messages in the live view',
      () => watched.events.filter(({ event }) => event === 'message').length >= 3,
    )
    await editor.call('/settings/validate', {
      method: 'POST',
      body: { base: 'x', changes: [], secrets: [{ path: ['providers', 'abusix', 'key'], value: NEW_KEY }] },
    })
    const { version } = (await editor.call('/settings')).json as { version: string }
    const headers = { 'If-Match': `"${version}"` }
    const answers = [
      ...(await crawl()),
      await editor.call('/check', { method: 'POST', body: { items: [LISTED, 'bad.example'] } }),
      await editor.call('/explain', {
        method: 'POST',
        body: { message: 'Subject: x\n\nx\n', ip: LISTED, from: 'a@news.example', to: ['bob@example.com'] },
      }),
      await editor.call('/lists/test', { method: 'POST', body: { id: 'x' } }),
      await editor.call('/next-hops/test', { method: 'POST', body: { domain: 'hop.example' } }),
      ...(await Promise.all(
        ['providers', 'nothing'].map((section) =>
          editor.call('/settings', {
            method: 'PATCH',
            headers,
            body: { changes: [], secrets: [{ path: [section, 'abusix', 'key', 'x'], value: NEW_KEY }] },
          }),
        ),
      )),
      await editor.call('/settings', {
        method: 'PATCH',
        headers,
        body: { secrets: [{ path: ['providers', 'abusix', 'key'], value: NEW_KEY }] },
      }),
      ...(await crawl()),
    ]
    watched.close()
    for (const reply of [refusal, ...others]) assertNone(reply, 'an SMTP reply')
    for (const { text, headers: fields } of answers) {
      assertNone(text + JSON.stringify([...fields]), `an answer (${text.slice(0, 60)})`)
    }
    assertNone(JSON.stringify(watched.events), 'the live view')
    assertNone(gateway.log(), 'the log')
    for (const file of files()) {
      assertNone(readFileSync(join(gateway.dir, file), 'latin1'), file)
    }
    for (const file of SECRET_FILES) {
      assert.equal(statSync(join(gateway.dir, file)).mode & 0o777, 0o600, file)
      assert.match(readFileSync(join(gateway.dir, file), 'utf8'), new RegExp(NEW_KEY), file)
    }
  })

  /** Every call that only looks, with whatever there is to look at. */
  const crawl = async () => {
    const { paths } = (await editor.call('/openapi.json')).json as { paths: Record<string, { get?: object }> }
    const [record] = ((await editor.call('/messages')).json as { records: { id: string }[] }).records
    const [version] = (await editor.call('/history')).json as { id: string }[]
    const ids: Record<string, string | undefined> = {
      '/messages/{id}': record?.id,
      '/history/{id}': version?.id,
      '/list-files/{name}': 'blocked-clients.txt',
    }
    const looking = Object.entries(paths).filter(([path, { get }]) => get && !path.endsWith('/events'))
    const answers = await Promise.all(
      looking.map(([path]) => editor.call(path.replace(/\{\w+\}/, () => ids[path] ?? 'x'))),
    )
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200).map(({ text }) => text),
      [],
    )
    return [...answers, await fetchText(`${gateway.url}/metrics`, { headers: { Cookie: editor.cookie } })]
  }
  const files = (): string[] =>
    readdirSync(gateway.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(gateway.dir, join(entry.parentPath, entry.name)))
      .filter((file) => ![...SECRET_FILES, KEY_FILE].includes(file) && !file.startsWith('node_modules'))
})
