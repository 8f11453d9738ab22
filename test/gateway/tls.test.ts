import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { createTestCertificate, type TestCertificate } from '../support/certificate'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { loopbackAddress, mayBindLowPorts } from '../support/loopback'
import { greetedSmtp, type SmtpClient } from '../support/smtp-client'

const SMTPS = 465
const host = loopbackAddress()
const message = 'Subject: Hello\n\nHello\n'

const pem = ({ key, certificate }: TestCertificate): string => key + certificate
const fingerprint = ({ certificate }: TestCertificate): string =>
  new X509Certificate(certificate).fingerprint256
const mixed = (key: TestCertificate, certificate: TestCertificate): string =>
  key.key + certificate.certificate

/** Tells how long the sockets above and below TLS wait. */
const inside = `
exports.hook_vrfy = (next, { client }) => next(OK, [client.cleartext.timeout, client.cleartext.socket.timeout].join())`

describe('TLS', function () {
  this.timeout(60_000)
  const first = createTestCertificate(['mx.gateway.test'])
  const second = createTestCertificate(['mx.gateway.test'])
  const old = createTestCertificate(['mx.gateway.test'], { daysUntilExpiry: -1 })
  const foreign = createTestCertificate(['mx.elsewhere.test'])
  let gateway: Gateway
  let relayPort: number
  const opened: SmtpClient[] = []

  const settings = (tls: boolean, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    listen: { address: host, smtp: true, smtps: tls, other: [gateway.port] },
    tls: { certificate: tls ? 'tls.pem' : '' },
    next_hops: { 'example.com': { maildir: 'maildir' } },
    ...more,
  })
  const connect = async (port: number, servername?: string) => {
    const tls = port === SMTPS
    const client = await greetedSmtp({
      port,
      host,
      localAddress: host,
      tls,
      ...(servername && { servername }),
    })
    opened.push(client)
    return client
  }
  const offers = async (port: number): Promise<string> => {
    const client = await connect(port)
    const reply = await client.send('EHLO client.example.org')
    client.close()
    return reply
  }
  /** The certificate that STARTTLS or a session on port 465 shows. */
  const shown = async (port: number, servername?: string): Promise<string> => {
    const client = await connect(port, servername)
    if (port !== SMTPS) {
      await client.send('EHLO client.example.org')
      assert.match(await client.send('STARTTLS'), /^220/)
      await client.startTls()
    }
    const result = client.fingerprint()
    client.close()
    return result
  }
  /** Every worker, both ways, with SNI and without. */
  const shownEverywhere = async (): Promise<Set<string>> => {
    const results = new Set<string>()
    for (const port of [relayPort, SMTPS]) {
      for (const name of [undefined, 'mx.gateway.test', 'other.example']) {
        for (let worker = 0; worker < 2; worker++) results.add(await shown(port, name))
      }
    }
    return results
  }
  const isShown = (certificate: TestCertificate): Promise<unknown> =>
    eventually('the certificate everywhere', async () => {
      const results = await shownEverywhere()
      return results.size === 1 && results.has(fingerprint(certificate))
    })

  before(async function () {
    if (!(await mayBindLowPorts())) this.skip()
    gateway = await startGateway({
      nodes: 2,
      plugins: ['inside', 'gateway/mail-core', 'gateway/next-hops'],
      ownPlugins: { inside },
      files: { 'tls.ini': '[main]\n' },
    })
    relayPort = gateway.port
  })
  afterEach(() => {
    for (const client of opened.splice(0)) client.close()
  })
  after(async () => {
    await (gateway as Gateway | undefined)?.stop()
  })

  it('is not offered without a certificate, and nobody misses Haraka’s own key files', async () => {
    await gateway.changeSettings(settings(false))
    await eventually('the new address', () => gateway.log().split(`listening on ${host}:25`).length > 2)
    assert.doesNotMatch(await offers(25), /STARTTLS|AUTH/)
    const client = await connect(25)
    await client.send('EHLO client.example.org')
    assert.match(await client.send('STARTTLS'), /^500/)
    assert.doesNotMatch(gateway.log(), /could not be loaded|no valid TLS/)
  })

  it('is offered on every port, and from the first byte on 465, once there is a certificate', async () => {
    gateway.writeConfig('tls.pem', pem(first))
    await gateway.changeSettings(settings(true))
    await eventually('port 465', () => gateway.log().split(`listening on ${host}:465`).length > 2)
    for (const port of [25, relayPort]) {
      const reply = await offers(port)
      assert.equal(reply.match(/STARTTLS/g)?.length, 1)
      assert.doesNotMatch(reply, /AUTH/)
    }
    assert.doesNotMatch(await offers(SMTPS), /STARTTLS/)
    await isShown(first)
  })

  it('carries a message over STARTTLS, and forgets what came before it', async () => {
    const client = await connect(25)
    await client.send('EHLO client.example.org')
    // RFC 3207 6: commands sent along with STARTTLS are not run once it is up.
    client.write('STARTTLS\r\nMAIL FROM:<eve@example.org>\r\n')
    assert.match(await client.reply(), /^220/)
    await client.startTls()
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^503/)
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@example.com', message })
    assert.match(reply, /^250/)
    assert.match(gateway.maildir().join(), /with ESMTPS id[\s\S]*tls TLS_/)
  })

  it('keeps the inactivity timeout above and below TLS in step', async () => {
    const client = await connect(25)
    await client.send('EHLO client.example.org')
    await client.send('STARTTLS')
    await client.startTls()
    assert.match(await client.send('VRFY x'), /300000,300000$/)
    await gateway.changeSettings(settings(true, { inactivity_timeout: 600 }))
    assert.match(await client.send('VRFY x'), /600000,600000$/)
  })

  it('shows a renewed certificate to new sessions, with and without SNI, and leaves open ones alone', async () => {
    const client = await connect(SMTPS)
    assert.match(await client.send('EHLO client.example.org'), /^250/)
    gateway.writeConfig('tls.pem', pem(second))
    await isShown(second)
    assert.match(await client.send('NOOP'), /^250/)
  })

  for (const [what, broken] of [
    ['a key of another certificate', () => mixed(first, second)],
    ['half a file', () => pem(first).slice(0, 300)],
    ['a certificate past its date', () => pem(old)],
  ] as const) {
    it(`keeps the certificate in force over ${what}, and says so`, async () => {
      const before = gateway.log().length
      gateway.writeConfig('tls.pem', broken())
      await eventually('the log', () => /ERROR.*tls\.pem/.test(gateway.log().slice(before)))
      await isShown(second)
      gateway.writeConfig('tls.pem', pem(second))
    })
  }

  it('takes a certificate for another name, and says so', async () => {
    gateway.writeConfig('tls.pem', pem(foreign))
    await isShown(foreign)
    assert.match(await gateway.logged(/WARN.*tls\.pem/), /not for mx\.gateway\.test/)
  })

  it('survives that somebody touches Haraka’s tls.ini beside keys that do not match', async () => {
    const readings = (): number => gateway.log().split('loading tls.ini').length
    const before = readings()
    gateway.writeConfig('tls_key.pem', first.key)
    gateway.writeConfig('tls_cert.pem', second.certificate)
    gateway.writeConfig('tls.ini', '[main]\nkey=tls_key.pem\ncert=tls_cert.pem\n')
    // Haraka reads it again when it has kept still for five seconds.
    await eventually('both workers to read tls.ini', () => readings() >= before + 2)
    await isShown(foreign)
  })

  it('is no longer offered when the certificate is taken away', async () => {
    await gateway.changeSettings(settings(false))
    await eventually('STARTTLS to go', async () => !(await offers(25)).includes('STARTTLS'))
  })
})
