import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { startGateway, tool, type Gateway } from '../support/gateway'
import type { SmtpClient } from '../support/smtp-client'
import { startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'

const message = 'From: anna@example.org\nSubject: Help\nMessage-ID: <m@example.org>\n\nbody\n'

describe('mail to the administrators of the gateway', () => {
  let hop: TestSmtpServer
  let elsewhere: TestSmtpServer
  let gateway: Gateway
  let client: SmtpClient
  let asked: (line: string) => Act = () => '250 2.1.5 Ok'
  let afterMessage: Act = '250 2.0.0 Queued for ops@hosted.example'

  const settings = (more: Record<string, unknown> = {}) => ({
    admin_contacts: ['ops@hosted.example'],
    next_hops: {
      'hosted.example': { host: '127.0.0.1', port: hop.port, tls: 'off', timeout: 10 },
      'other.example': { maildir: 'maildir' },
    },
    ...more,
  })

  before(async () => {
    hop = await startSmtpServer({ script: { RCPT: (line) => asked(line), message: () => afterMessage } })
    elsewhere = await startSmtpServer()
    gateway = await startGateway({
      settings: settings(),
      files: { 'outbound.ini': 'temp_fail_intervals=none\nreceived_header=disabled\n' },
      ownPlugins: {
        // Stands for the DNS: other domains have a server, too.
        'some-mx': `exports.hook_get_mx = (next) => next(OK, { exchange: '127.0.0.1', port: ${elsewhere.port} })`,
      },
      plugins: [
        'gateway/mail-core',
        'gateway/ip-lists',
        'gateway/admin-contacts',
        'gateway/next-hops',
        'some-mx',
      ],
      // Local programs connect without a PROXY line.
      proxy: false,
    })
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
    await elsewhere.close()
  })
  beforeEach(async () => {
    for (const server of [hop, elsewhere]) for (const { messages } of server.sessions) messages.length = 0
    asked = () => '250 2.1.5 Ok'
    afterMessage = '250 2.0.0 Queued for ops@hosted.example'
    client = await gateway.client()
  })
  afterEach(() => {
    client.close()
  })

  const send = (to: string | string[], from = 'anna@sender.example') => client.sendMail({ from, to, message })
  const queueEmpty = () =>
    eventually('the queue to be empty', () => readdirSync(join(gateway.dir, 'queue')).length === 0)
  const textsAt = (server: TestSmtpServer): string[] => server.messages().map(String)

  it('is refused while there is no contact', async () => {
    await gateway.changeSettings(settings({ admin_contacts: [] }))
    for (const to of ['postmaster', 'postmaster@mx.gateway.test', 'root@localhost']) {
      assert.equal(await send(to), '550 5.1.1 No administrative contact configured')
    }
    await gateway.changeSettings(settings())
  })

  it('reaches the contact from all its names, in any case, with tags, without a domain and by address', async () => {
    for (const to of [
      'postmaster',
      'Postmaster@MX.Gateway.Test',
      'abuse+spam@mx.gateway.test',
      'SECURITY@mx.gateway.test',
      'noc@mx.gateway.test',
      'root@mx.gateway.test',
      'postmaster@[127.0.0.1]',
    ]) {
      assert.match(await send(to), /^250 2\.0\.0 Message accepted \(/, to)
      assert.match(
        textsAt(hop).at(-1) ?? '',
        new RegExp(`^X-Original-To: ${to.replace(/[+.[\]]/g, '\\$&')}(?:@localhost)?\r\n`),
      )
    }
    assert.equal(hop.messages().length, 7)
    assert.ok(
      hop.commands().every((line) => !line.startsWith('RCPT') || line === 'RCPT TO:<ops@hosted.example>'),
    )
  })

  it('reaches each contact once, wherever it is, whoever else the message is for', async () => {
    await gateway.changeSettings(
      settings({ admin_contacts: ['ops@hosted.example', 'boss@far.example', 'duty@far.example'] }),
    )
    const to = [
      'postmaster@mx.gateway.test',
      'abuse@mx.gateway.test',
      'ops@hosted.example',
      'bob@other.example',
    ]
    assert.match(await send(to), /^250 2\.0\.0 Queued/)
    await queueEmpty()
    const [inside = '', ...moreInside] = textsAt(hop)
    const [outside = '', ...moreOutside] = textsAt(elsewhere)
    assert.equal(moreInside.length + moreOutside.length, 0)
    for (const text of [inside, outside]) {
      assert.match(
        text,
        /^X-Original-To: postmaster@mx\.gateway\.test\r\nX-Original-To: abuse@mx\.gateway\.test\r\n/,
      )
    }
    assert.deepEqual(
      elsewhere.commands().filter((line) => line.startsWith('RCPT')),
      ['RCPT TO:<boss@far.example>', 'RCPT TO:<duty@far.example>'],
    )
    const [stored = '', ...moreStored] = gateway.maildir()
    assert.equal(moreStored.length, 0)
    assert.doesNotMatch(stored, /X-Original-To|ops@|far\.example/)
    await gateway.changeSettings(settings())
  })

  it('opens no relay', async () => {
    await gateway.changeSettings(settings({ admin_contacts: ['boss@far.example'] }))
    assert.match(await send('other@far.example'), /^550 5\.7\.1 Relaying denied/)
    assert.match(await send('boss@far.example'), /^550 5\.7\.1 Relaying denied/)
    assert.match(await send('postmaster@[192.0.2.99]'), /^550 5\.7\.1 Relaying denied/)
    await gateway.changeSettings(settings())
  })

  it('names no contact in any reply, bounce included', async () => {
    const replies: string[] = []
    await gateway.changeSettings(settings({ admin_contacts: ['gone@hosted.example'] }))
    asked = () => '550 5.1.1 <gone@hosted.example> is not here'
    replies.push(await send('postmaster@mx.gateway.test'))
    assert.match(replies.join(), /^451 4\.3\.0 The administrative contacts cannot be reached/)
    await gateway.logged(/admin contact gone@hosted\.example is refused: 550 5\.1\.1/)
    asked = () => '450 4.2.0 ops@hosted.example is away'
    await gateway.changeSettings(settings({ admin_contacts: ['ops@hosted.example', 'duty@hosted.example'] }))
    replies.push(await send('abuse@mx.gateway.test'))
    asked = () => '250 2.1.5 ops@hosted.example ok'
    afterMessage = '554 5.7.1 ops@hosted.example wants no spam'
    replies.push(await send('abuse@mx.gateway.test'))
    assert.match(replies.at(-1) ?? '', /^55\d 5\.7\.1 The administrative contacts do not take/)

    const to = ['abuse@mx.gateway.test', 'bob@other.example']
    replies.push(await send(to, 'writer@far.example'))
    assert.match(replies.at(-1) ?? '', /^250 /)
    await queueEmpty()
    const [bounce = ''] = textsAt(elsewhere)
    assert.match(bounce, /Subject: Undelivered mail: Help/)
    assert.match(bounce, /Final-Recipient: rfc822;abuse@mx\.gateway\.test\r\n/)
    assert.doesNotMatch(replies.join() + bounce, /hosted|ops@|gone@|duty@|wants no spam/)
    await gateway.changeSettings(settings())
  })

  it('comes from programs of this machine to all its users, and from nobody else', async () => {
    for (const to of ['root', 'cron@localhost', 'www-data@mx.gateway.test']) {
      assert.match(await send(to, 'cron'), /^250 /, to)
    }
    assert.equal(hop.messages().length, 3)
    assert.ok(hop.commands().includes('MAIL FROM:<cron@localhost>'))
  })

  it('gets what hosted domains have no mailbox for, when that is set', async () => {
    asked = (line) => (line.includes('ops@') || line.includes('bob@') ? '250 ok' : '550 5.1.1 No such user')
    assert.match(await send('abuse@hosted.example'), /^550 5\.1\.1 No such user/)
    await gateway.changeSettings(settings({ admin_contacts_for_domains: true }))
    assert.match(await send('abuse@hosted.example'), /^250 /)
    assert.match(textsAt(hop).at(-1) ?? '', /^X-Original-To: abuse@hosted\.example\r\n/)
    assert.match(await send('security@hosted.example'), /^550 5\.1\.1 /)
    asked = () => '250 ok'
    assert.match(await send('postmaster@hosted.example'), /^250 /)
    assert.ok(hop.commands().includes('RCPT TO:<postmaster@hosted.example>'))
    assert.doesNotMatch(textsAt(hop).at(-1) ?? '', /X-Original-To/)
    await gateway.changeSettings(settings())
  })

  describe('with sendmail', () => {
    const run = (command: readonly string[], input: string, env: Record<string, string> = {}) =>
      new Promise<{ code: number | null; stderr: string }>((resolve) => {
        const child = spawn(process.execPath, command, { env: { ...process.env, ...env } })
        let stderr = ''
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
        child.on('close', (code) => {
          resolve({ code, stderr })
        })
        child.stdin.on('error', () => undefined)
        child.stdin.end(input)
      })
    const instance = () => ({ GATEWAY_INSTANCE: gateway.dir })

    it('comes as cron sends it', async () => {
      const input = 'From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@vm> job\n\n.output\n.\nmore\n'
      const result = await run(
        [tool, 'sendmail', '-FCronDaemon', '-i', '-B8BITMIME', '-oem', 'root'],
        input,
        instance(),
      )
      assert.deepEqual(result, { code: 0, stderr: '' })
      const text = textsAt(hop).at(-1) ?? ''
      assert.match(text, /^X-Original-To: root@localhost\r\n/)
      assert.match(text, /\r\nTo: root\r\nSubject: Cron <root@vm> job\r\n/)
      assert.match(text, /\r\nDate: [\s\S]*\r\n\r\n\.\.output\r\n\.\.\r\nmore\r\n$/)
    })

    it('takes recipients from the header, through a link, and hides Bcc', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sendmail-test-'))
      symlinkSync(tool, join(folder, 'sendmail'))
      const input = 'To: "Ops, the team" <ops@hosted.example>\nBcc: root\n\nbody\n'
      const args = ['-t', '-f', 'app@sender.example', '--instance', gateway.dir]
      const result = await run([join(folder, 'sendmail'), ...args], input)
      rmSync(folder, { recursive: true })
      assert.deepEqual(result, { code: 0, stderr: '' })
      const [text = '', ...more] = textsAt(hop)
      assert.equal(more.length, 0)
      assert.match(text, /\r\nFrom: app@sender\.example\r\n/)
      assert.doesNotMatch(text, /Bcc/)
    })

    it('says with its exit code what went wrong', async () => {
      const code = async (args: string[], env = instance()): Promise<number | null> =>
        (await run([tool, 'sendmail', ...args], 'Subject: x\n\nbody\n', env)).code
      assert.equal(await code(['x@elsewhere.example']), 67)
      assert.equal(await code([]), 64)
      assert.equal(await code(['-bd']), 64)
      asked = () => '450 4.2.0 later'
      assert.equal(await code(['bob@hosted.example']), 75)
      asked = () => '250 ok'
      afterMessage = '554 5.7.1 no'
      assert.equal(await code(['bob@hosted.example']), 69)
    })
  })
})

describe('strangers who write to the administrators', () => {
  let gateway: Gateway
  const settings = (maxPerMinute: number) => ({
    admin_contacts: ['ops@hosted.example'],
    admin_contacts_max_per_minute: maxPerMinute,
    next_hops: { 'hosted.example': { maildir: 'maildir' } },
    ip_blocklists: { custom: [{ file: 'lists/blocked-clients.txt' }] },
  })
  before(async () => {
    gateway = await startGateway({ settings: settings(3), nodes: 2 })
  })
  after(() => gateway.stop())

  const rcpt = async (ip: string, to: string): Promise<string> => {
    const client = await gateway.client(ip)
    await client.send('EHLO client.example.org')
    await client.send('MAIL FROM:<anna@sender.example>')
    const reply = await client.send(`RCPT TO:<${to}>`)
    client.close()
    return reply
  }

  it('reach them although a list refuses everything else', async () => {
    assert.match(await rcpt('192.0.2.66', 'bob@hosted.example'), /^550 5\.7\.1 .*listed/)
    for (const name of ['noc', 'Root'])
      assert.match(await rcpt('192.0.2.66', `${name}@mx.gateway.test`), /^250 /)
    assert.match(await rcpt('192.0.2.66', 'security@[127.0.0.1]'), /^250 /)
  })

  it('do so a limited number of times a minute, whichever worker they meet', async () => {
    const replies: string[] = []
    for (let count = 0; count < 4; count += 1)
      replies.push(await rcpt('2001:db8:1:2::1', 'abuse@hosted.example'))
    assert.equal(
      replies.at(-1),
      '450 4.7.1 Too many messages to administrators from your address, please try again in a minute',
    )
    assert.match(await rcpt('2001:db8:1:2::ff', 'postmaster'), /^450 4\.7\.1 /)
    assert.match(await rcpt('2001:db8:1:3::1', 'postmaster'), /^250 /)
    assert.match(await rcpt('2001:db8:1:2::1', 'bob@hosted.example'), /^250 /)
  })

  it('do not reach other users of the machine', async () => {
    assert.match(await rcpt('198.51.100.8', 'cron@localhost'), /^550 5\.7\.1 Relaying denied/)
    assert.match(await rcpt('198.51.100.8', 'www-data@mx.gateway.test'), /^550 5\.7\.1 Relaying denied/)
    assert.match(await rcpt('198.51.100.8', 'root'), /^501 /)
  })
})
