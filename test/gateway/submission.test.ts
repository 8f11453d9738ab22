import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createTestCertificate } from '../support/certificate'
import { eventually } from '../support/eventually'
import { startGateway, tool, type Gateway } from '../support/gateway'
import { loopbackAddress, mayBindLowPorts } from '../support/loopback'
import { connectSmtp, greetedSmtp, type SmtpClient } from '../support/smtp-client'

const host = loopbackAddress()
const password = 'correct horse battery'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const plain = (user: string, secret: string): string => `AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`

/** Takes all mail, so that only who may hand it in matters here. */
const takeAll = `
exports.hook_rcpt = (next, connection) => next(OK, connection.relaying ? 'relaying' : 'not relaying')
exports.hook_vrfy = (next, { notes }) => next(OK, 'password kept: ' + ('auth_passwd' in notes))`

describe('submission', function () {
  this.timeout(60_000)
  let gateway: Gateway
  const opened: SmtpClient[] = []

  const connect = async (port: number) => {
    const client = await greetedSmtp({ port, host, localAddress: host, tls: port === 465 })
    opened.push(client)
    return client
  }
  const ehlo = (client: SmtpClient): Promise<string> => client.send('EHLO client.example.org')
  const secured = async () => {
    const client = await connect(587)
    await ehlo(client)
    assert.match(await client.send('STARTTLS'), /^220/)
    await client.startTls()
    await ehlo(client)
    return client
  }
  const addUser = (name: string, secret: string, ...options: string[]) =>
    spawnSync(process.execPath, [tool, 'user', gateway.dir, name, ...options], {
      input: `${secret}\n`,
      encoding: 'utf8',
    })
  const secretsText = (): string => readFileSync(join(gateway.dir, 'config', 'gateway.secrets.yaml'), 'utf8')

  before(async function () {
    if (!(await mayBindLowPorts())) this.skip()
    gateway = await startGateway({
      plugins: ['take-all', 'gateway/mail-core'],
      ownPlugins: { 'take-all': takeAll },
    })
    const { key, certificate } = createTestCertificate(['mx.gateway.test'])
    gateway.writeConfig('tls.pem', key + certificate)
    const added = addUser('anna', password, '--smtp')
    assert.equal(added.stderr + added.stdout, 'added anna\n')
    await gateway.changeSettings({
      listen: { address: host, smtp: true, submission: true, smtps: true, other: [gateway.port] },
      tls: { certificate: 'tls.pem' },
    })
    await gateway.logged(/listening on \S+:465/)
    await gateway.logged(/settings applied:.*smtp_users/)
  })
  afterEach(() => {
    for (const client of opened.splice(0)) client.close()
  })
  after(async () => {
    await (gateway as Gateway | undefined)?.stop()
  })

  it('on 587 asks for STARTTLS before MAIL, and offers AUTH only after it', async () => {
    const client = await connect(587)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^503 /)
    assert.doesNotMatch(await ehlo(client), /AUTH/)
    assert.match(
      await client.send('MAIL FROM:<anna@example.org>'),
      /^530 5\.7\.0 Must issue a STARTTLS command first$/,
    )
    assert.match(await client.send(plain('anna', password)), /^5/)
    await client.send('STARTTLS')
    await client.startTls()
    assert.match(await ehlo(client), /^250[- ]AUTH PLAIN LOGIN$/m)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^530 5\.7\.0 Authentication required$/)
  })

  it('on 465 asks for AUTH before MAIL', async () => {
    const client = await connect(465)
    assert.match(await ehlo(client), /^250[- ]AUTH PLAIN LOGIN$/m)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^530 5\.7\.0 Authentication required$/)
    assert.match(await client.send(plain('anna', password)), /^235 2\.7\.0 /)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
    assert.match(await client.send('RCPT TO:<bob@elsewhere.example>'), /^250 relaying/)
  })

  it('lets in who signs in with AUTH PLAIN or LOGIN, and keeps no password', async () => {
    const one = await secured()
    assert.match(await one.send('AUTH PLAIN'), /^334/)
    assert.match(await one.send(base64(`\0anna\0${password}`)), /^235/)
    assert.match(await one.send('VRFY x'), /password kept: false/)
    const other = await secured()
    assert.match(await other.send('AUTH LOGIN'), /^334 VXNlcm5hbWU6$/)
    assert.match(await other.send(base64('anna')), /^334 UGFzc3dvcmQ6$/)
    assert.match(await other.send(base64(password)), /^235/)
    assert.match(await other.send('MAIL FROM:<anna@example.org>'), /^250/)
    assert.match(await other.send('RCPT TO:<bob@elsewhere.example>'), /^250 relaying/)
  })

  for (const [what, user, secret] of [
    ['a wrong password', 'anna', 'wrong'],
    ['a user who does not exist', 'bob', password],
    ['a name that objects have', 'constructor', password],
    ['another case of the name', 'Anna', password],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const client = await secured()
      assert.match(await client.send(plain(user, secret)), /^535 5\.7\.8 /)
      assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^530 /)
    })
  }

  it('does not offer or take AUTH on port 25 and others, TLS or not', async () => {
    for (const port of [25, gateway.port]) {
      const client = await connect(port)
      assert.doesNotMatch(await ehlo(client), /AUTH/)
      assert.match(await client.send(plain('anna', password)), /^500/)
      await client.send('STARTTLS')
      await client.startTls()
      assert.doesNotMatch(await ehlo(client), /AUTH/)
      assert.match(await client.send(plain('anna', password)), /^500/)
      assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
      assert.match(await client.send('RCPT TO:<bob@elsewhere.example>'), /^250 not relaying/)
    }
  })

  it('goes by the listener, not by the port that a proxy names', async () => {
    // From 127.0.0.1 the PROXY line is believed.
    const client = connectSmtp({ port: 587, host, localAddress: '127.0.0.1', ip: '192.0.2.1' })
    opened.push(client)
    assert.match(await client.reply(), /^220/)
    await ehlo(client)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^530 5\.7\.0 Must issue/)
  })

  it('holds a user to the senders that are set, live', async () => {
    gateway.writeConfig(
      'gateway.secrets.yaml',
      secretsText().replace(/^( +)password: scrypt.*$/m, `$&\n$1senders: [anna@Example.org, '@example.net']`),
    )
    const client = await secured()
    assert.match(await client.send(plain('anna', password)), /^235/)
    const from = async (sender: string): Promise<string> => {
      const reply = await client.send(`MAIL FROM:<${sender}>`)
      await client.send('RSET')
      return reply
    }
    await eventually('the rule', async () => (await from('eve@example.org')).startsWith('553 5.7.1 '))
    for (const sender of ['anna@example.org', 'Anna@EXAMPLE.org', 'news@example.net', '']) {
      assert.match(await from(sender), /^250/, sender)
    }
    assert.match(await from('x@sub.example.net'), /^553 5\.7\.1 You may not send as x@sub\.example\.net$/)
  })

  it('takes a changed password at once, and keeps rules, comments and the mode of the file', async () => {
    const changed = addUser('anna', 'another password', '--smtp')
    assert.equal(changed.stdout, 'changed anna\n')
    await eventually('the new password', async () => {
      const client = await secured()
      return (await client.send(plain('anna', 'another password'))).startsWith('235')
    })
    assert.match(secretsText(), /# Keys of list providers[\s\S]*senders:.*@example\.net/)
    assert.equal(statSync(join(gateway.dir, 'config', 'gateway.secrets.yaml')).mode & 0o777, 0o600)
  })

  it('keeps passwords out of files and logs, base64 or not', () => {
    const text = secretsText() + gateway.log()
    for (const secret of [password, 'another password']) {
      for (const form of [secret, base64(secret), base64(`\0anna\0${secret}`)]) {
        assert.equal(text.includes(form), false, form)
      }
    }
  })

  it('adds logins of the web page with their role, and refuses what cannot be', () => {
    assert.equal(addUser('olga', password).stdout, 'added olga\n')
    assert.match(secretsText(), /olga:\n +password: scrypt\S+\n +role: reader/)
    assert.equal(addUser('olga', password, '--role', 'editor').stdout, 'changed olga\n')
    assert.match(secretsText(), /olga:\n +password: scrypt\S+\n +role: editor/)
    assert.equal(addUser('olga', 'another password').status, 0)
    assert.match(secretsText(), /role: editor/)
    for (const [name, secret, options, status] of [
      ['olga', 'short', [], 1],
      ['a b', password, [], 64],
      ['olga', password, ['--role', 'king'], 64],
      ['olga', password, ['--smtp', '--role', 'reader'], 64],
    ] as const) {
      assert.equal(addUser(name, secret, ...options).status, status)
    }
  })
})
