import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DnsAnswer, Resolver } from '../../../plugins/lib/dns/types'
import { tryPort } from '../../../plugins/lib/haraka/shared-ports'
import { parseSettings } from '../../../plugins/lib/settings/parse'
import { type SettingsPair, tryOut, type TrialOptions } from '../../../plugins/lib/trials'
import { createTestCertificate } from '../../support/certificate'
import { freePort, freeUdpPort } from '../../support/free-port'
import { startSmtpServer, type TestSmtpServer } from '../../support/smtp-server'

describe('trying settings out', () => {
  let dir: string
  let blocker: Server
  let mailServer: TestSmtpServer
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'gateway-trials-'))
    mkdirSync(join(dir, 'config'))
    blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    mailServer = await startSmtpServer()
  })
  after(async () => {
    blocker.close()
    await mailServer.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const listen = 'listen: { address: 127.0.0.1, smtp: false, other: [2525] }\n'
  function pair(text: string, secrets = ''): SettingsPair {
    const context = { configDir: join(dir, 'config'), hostname: 'mx.gateway.test', checks: [] }
    const parsed = parseSettings(text, secrets, context)
    assert.ok(parsed.kind === 'ok', JSON.stringify(parsed))
    return parsed
  }
  function resolving(answers: Readonly<Record<string, DnsAnswer>>): Resolver {
    return {
      lookup: (name, type) =>
        Promise.resolve(answers[`${name} ${type}`] ?? answers[name] ?? { kind: 'nxdomain', ttlSeconds: 0 }),
    }
  }
  const records = (...found: string[]): DnsAnswer => ({ kind: 'records', records: found, ttlSeconds: 0 })

  async function warnings(text: string, more: Partial<TrialOptions> = {}): Promise<string[]> {
    const found = await tryOut({
      next: more.next ?? pair(text),
      now: pair(listen),
      configDir: join(dir, 'config'),
      instanceDir: dir,
      hostname: 'mx.gateway.test',
      resolver: resolving({}),
      tryPort,
      ...more,
    })
    return found.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }

  it('does nothing about what stays as it is', async () => {
    const text = `${listen}ip_blocklists: { custom: [bl.example] }
next_hops: { a.example: { host: 127.0.0.1, port: 1 } }
admin_contacts: [a@b.example]
dns: { servers: ['127.0.0.1:9'] }
`
    assert.deepEqual(await warnings(text, { now: pair(text) }), [])
  })

  it('opens new ports, and no others', async () => {
    const { port } = blocker.address() as AddressInfo
    const free = await freePort()
    const found = await warnings(`listen: { address: 127.0.0.1, smtp: false, other: [${port}, ${free}] }`)
    assert.equal(found.length, 1)
    assert.match(
      found[0] ?? '',
      new RegExp(`^listen\\.other\\.0: cannot listen on 127\\.0\\.0\\.1:${port}: .*in use`),
    )
    // Its own ports are open already, and another address than before must be one of this machine.
    assert.match(
      (await warnings('listen: { address: 192.0.2.1, smtp: false, other: [2525] }')).join(),
      /^listen\.address: .*this machine has no address 192\.0\.2\.1/,
    )
  })

  it('looks at dates and names of a new certificate', async () => {
    const old = createTestCertificate(['mx.elsewhere.test'], { daysUntilExpiry: -1 })
    writeFileSync(join(dir, 'config', 'old.pem'), old.key + old.certificate)
    const found = await warnings(`${listen}tls: { certificate: old.pem }`)
    assert.match(found[0] ?? '', /^tls\.certificate: expired on .*: renew it$/)
    assert.match(found[1] ?? '', /^tls\.certificate: is for .*mx\.elsewhere\.test, not for mx\.gateway\.test/)
    const good = createTestCertificate(['mx.gateway.test'])
    writeFileSync(join(dir, 'config', 'good.pem'), good.key + good.certificate)
    assert.deepEqual(await warnings(`${listen}tls: { certificate: good.pem }`), [])
  })

  it('says hello to new next hops, and does not sign in', async () => {
    const closed = await freePort()
    const text = `${listen}next_hops:
  good.example: { host: 127.0.0.1, port: ${mailServer.port}, auth: { user: gateway } }
  dead.example: { host: [127.0.0.1], port: ${closed} }
  strict.example: { host: 127.0.0.1, port: ${mailServer.port}, tls: required }
  dir.example: { maildir: new/maildir }
`
    const secrets = 'next_hops: { good.example: { password: sesame } }'
    const found = await warnings(text, { next: pair(text, secrets) })
    assert.equal(found.length, 2)
    assert.match(
      found[0] ?? '',
      /^next_hops\.dead\.example: next hop 127\.0\.0\.1:\d+ cannot be used now: .*ECONNREFUSED/,
    )
    assert.match(found[1] ?? '', /^next_hops\.strict\.example: .*TLS is required/)
    assert.ok(mailServer.commands().length > 0)
    assert.ok(mailServer.commands().every((command) => /^(?:EHLO mx\.gateway\.test|QUIT)$/.test(command)))
  })

  it('asks new lists for their test entries, and reads new list files without quoting them', async () => {
    writeFileSync(join(dir, 'config', 'keys.txt'), 'good.example\nnot an entry: sesame\n')
    const text = `${listen}ip_blocklists:
  step3it: [combined]
  custom: [good.example, all.example, none.example, { file: missing.txt }, { file: keys.txt }]
`
    const resolver = resolving({
      '2.0.0.127.good.example': records('127.0.0.2'),
      '2.0.0.127.all.example': records('127.0.0.2'),
      '1.0.0.127.all.example': records('127.0.0.2'),
    })
    const found = await warnings(text, { resolver })
    assert.match(found[0] ?? '', /^ip_blocklists\.step3it\.0: .*needs a zone/)
    assert.match(found[1] ?? '', /^ip_blocklists\.custom\.1: .*may list everything/)
    assert.match(found[2] ?? '', /^ip_blocklists\.custom\.2: .*has no test entry/)
    assert.match(found[3] ?? '', /^ip_blocklists\.custom\.3: missing\.txt does not exist/)
    assert.match(found[4] ?? '', /^ip_blocklists\.custom\.4: keys\.txt: 1 lines .* the first is line 2$/)
    assert.equal(found.length, 5)
    assert.doesNotMatch(found.join(), /sesame/)
  })

  it('looks for the mail servers of new contacts', async () => {
    const text = `${listen}admin_contacts: [a@mx.example, a@address.example, a@null.example, a@gone.example, a@here.example]
next_hops: { here.example: { maildir: m } }
`
    const resolver = resolving({
      'mx.example MX': records('10 mail.example'),
      'address.example MX': { kind: 'nodata', ttlSeconds: 0 },
      'address.example A': records('192.0.2.1'),
      'null.example MX': records('0 '),
    })
    assert.deepEqual(await warnings(text, { resolver }), [
      'admin_contacts.2: null.example takes no mail: it has no mail server in DNS',
      'admin_contacts.3: there is no domain gone.example',
    ])
  })

  it('asks new DNS servers', async () => {
    const text = `${listen}dns: { servers: ['127.0.0.1:${await freeUdpPort()}'] }`
    assert.match(
      (await warnings(text)).join(),
      /^dns\.servers\.0: DNS server 127\.0\.0\.1:\d+ does not answer$/,
    )
  })

  it('ends in time, all at once, whatever does not answer, and says what is left', async () => {
    const never: Resolver = { lookup: () => new Promise(() => undefined) }
    const said: Error[] = []
    const keep = (warning: Error): void => void said.push(warning)
    process.on('warning', keep)
    const lists = Array.from({ length: 60 }, (_, index) => `bl${index}.example`)
    const found = await warnings(`${listen}ip_blocklists: { custom: [${lists.join(', ')}] }`, {
      resolver: never,
      limitMs: 100,
    })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', keep)
    assert.deepEqual(said, [])
    assert.equal(found.length, 51)
    assert.match(found[0] ?? '', /^ip_blocklists\.custom\.0: .*nothing came of it within 0\.1 s$/)
    assert.equal(found[50], ': 10 more changes were not tried out')
  })
})
