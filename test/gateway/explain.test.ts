import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExplainReport } from '../../plugins/lib/explain'
import { toWire } from '../../plugins/lib/explain/wire'
import { databasePath } from '../../plugins/lib/journal/paths'
import type { JournalRecord } from '../../plugins/lib/journal/record'
import { openStore } from '../../plugins/lib/journal/store'
import { createMessages, type Sent } from '../lib/explain/messages'
import { createDnsServer, zone, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startSmtpServer } from '../support/smtp-server'
import { startGateway, tool, type Gateway } from '../support/gateway'

const dist = join(__dirname, '..', '..', 'dist')

/** Explains in a worker of the gateway, as the web page does: `XEXPLAIN FILE` reads inputs and leaves reports. */
const door = `
const { readFileSync, writeFileSync } = require('fs')
const { explain } = require(${JSON.stringify(join(dist, 'lib', 'explain'))})
const { explainRoutes: [route] } = require(${JSON.stringify(join(dist, 'status', 'api', 'explain'))})
const { gatewayInUse } = require(${JSON.stringify(join(dist, 'lib', 'gateway'))})
exports.register = function () { this.register_hook('unrecognized_command', 'open', -100) }
exports.open = function (next, connection, [command, file]) {
  if (command === 'XROUTE') {
    const answer = (body) => { writeFileSync(file + '.answer', JSON.stringify(body)); connection.respond(250, 'done', () => next(OK)) }
    return Promise.resolve(route.handle({ gateway: gatewayInUse(), body: JSON.parse(readFileSync(file, 'utf8')) }))
      .then(({ body }) => answer(body), ({ status, message }) => answer({ status, message }))
  }
  if (command !== 'XEXPLAIN') return next()
  const run = async () => {
    const reports = []
    for (const input of JSON.parse(readFileSync(file, 'utf8'))) {
      const message = Buffer.from(input.message, 'latin1')

      reports.push(await explain(gatewayInUse(), { ...input, message }));
    }
    writeFileSync(file + '.reports', JSON.stringify(reports))
  }
  run().then(
    () => connection.respond(250, 'done', () => next(OK)),
    (error) => connection.respond(550, String(error), () => next(OK)),
  )
}`

/** Refuses a HELO; named in explain.plugins. */
const filter = `
exports.register = function () { this.register_hook('ehlo', 'judge') }
exports.judge = (next, connection, name) => name === 'forbidden.example' ? next(DENY, 'not with that name') : next()
`

/** Counts what it sees, so that nobody may try it out. */
const counter = `
const { appendFileSync } = require('fs')
exports.register = function () {
  for (const hook of ['connect', 'mail', 'rcpt_ok', 'queue', 'queue_ok', 'disconnect']) this.register_hook(hook, 'count', -99)
}
exports.count = function (next) { appendFileSync(process.env.HARAKA + '/counted', 'x'); next() }
`

/** Explains in a process of its own, as the command does. */
const runner = `
const { loadHaraka } = require(${JSON.stringify(join(dist, 'lib', 'haraka', 'rehearsal-process'))})
const { explain } = require(${JSON.stringify(join(dist, 'lib', 'explain'))})
const { gatewayInUse } = require(${JSON.stringify(join(dist, 'lib', 'gateway'))})
const { findHaraka } = require(${JSON.stringify(join(dist, 'bin', 'find-haraka'))})
const { readFileSync, writeFileSync } = require('fs')
const [dir, file] = process.argv.slice(1)
loadHaraka({ haraka: findHaraka(dir), instanceDir: dir, allowedPlugins: ['filter'], onError: console.error })
const run = async () => {
  await gatewayInUse().health.testNow()
  const reports = []
  for (const input of JSON.parse(readFileSync(file, 'utf8'))) {
    reports.push(await explain(gatewayInUse(), { ...input, message: Buffer.from(input.message, 'latin1') }))
  }
  writeFileSync(file + '.reports', JSON.stringify(reports))
}
run().then(() => process.exit(0), (error) => { console.error(error); process.exit(1) })
`

const LISTED = '127.0.0.2'
const entries = {
  '2.0.0.127.bl.test': [LISTED],
  '2.0.0.127.wl.test': [LISTED],
  '2.0.0.127.score.test': [LISTED],
  '9.113.0.203.bl.test': [LISTED],
  '10.113.0.203.bl.test': [LISTED],
  '10.113.0.203.wl.test': [LISTED],
  '11.113.0.203.score.test': [LISTED],
  '12.113.0.203.bl.test': ['192.0.2.1'],
  'test.names.test': [LISTED],
  'bad-helo.net.names.test': [LISTED],
  'sender-bad.net.names.test': [LISTED],
  'id-bad.net.names.test': [LISTED],
  'www.body-bad.net.names.test': [LISTED],
  'body-bad.net.names.test': [LISTED],
  'test.uris.test': [LISTED],
  'uri-bad.net.uris.test': [LISTED],
  '20.100.51.198.in-addr.arpa': [{ type: 'PTR', value: 'mail.example.org', ttl: 60 } as const],
  'mail.example.org': ['198.51.100.20'],
}

describe('explain', () => {
  let dns: DnsServer
  let gateway: Gateway
  const settings = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 2000 },
    next_hops: {
      'here.test': { maildir: 'maildir' },
      'there.test': { maildir: 'other' },
      '.there.test': { maildir: 'other' },
    },
    admin_contacts: ['admin@there.test'],
    admin_contacts_max_per_minute: 1000,
    message_size: {
      limit: 100_000,
      senders: { '@limited.example': 1024 },
      recipients: { 'tiny@here.test': 2048 },
    },
    ip_blocklists: {
      custom: [
        { zone: 'bl.test', name: 'Example BL', codes: { '127.0.0.2': 'reject' } },
        { zone: 'score.test', action: 'score', score: 5 },
        { file: 'lists/blocked-clients.txt', name: 'blocked-clients' },
      ],
    },
    ip_allowlists: { custom: ['wl.test'] },
    domain_blocklists: { custom: ['names.test'] },
    uri_blocklists: { custom: ['uris.test'] },
    mark_from: { enabled: true },
    explain: { plugins: ['filter'] },
    ...more,
  })

  before(async () => {
    dns = await createDnsServer(zone(entries))
    gateway = await startGateway({
      plugins: [
        ...['door', 'counter', 'filter', 'data.signatures', 'gateway/mail-core', 'gateway/ip-lists'],
        ...['gateway/domain-lists', 'gateway/size-limits', 'gateway/admin-contacts', 'gateway/next-hops'],
        ...['gateway/uri-lists', 'gateway/mark-from'],
      ],
      ownPlugins: { door, filter, counter },
      settings: settings(),
      files: { 'lists/blocked-clients.txt': '192.0.2.66\n', 'door.timeout': '0' },
    })
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  const explainIn = async (
    place: 'worker' | 'process',
    inputs: readonly object[],
  ): Promise<ExplainReport[]> => {
    const file = join(gateway.dir, `${place}.json`)
    writeFileSync(file, JSON.stringify(inputs))
    if (place === 'worker') {
      const client = await gateway.client()
      assert.match(await client.send(`XEXPLAIN ${file}`), /^250/)
      client.close()
    } else {
      const { status, stderr } = await run(process.execPath, ['-e', runner, gateway.dir, file])
      assert.equal(status, 0, stderr)
    }
    return JSON.parse(readFileSync(`${file}.reports`, 'utf8')) as ExplainReport[]
  }
  const explainCommand = (file: string, ...args: string[]) =>
    run(process.execPath, [tool, 'explain', gateway.dir, file, ...args])
  const journal = (): readonly JournalRecord[] => {
    if (!existsSync(databasePath(gateway.dir))) return []
    const store = openStore({ path: databasePath(gateway.dir), readonly: true })
    try {
      return [...store.each(0, Date.now() + 1000)].filter(({ transaction }) => transaction !== undefined)
    } finally {
      store.close()
    }
  }
  const counted = (): number => {
    const file = join(gateway.dir, 'counted')
    return existsSync(file) ? readFileSync(file).length : 0
  }

  /** Sends what the rehearsal sent, to the gateway that listens; the replies. */
  const sendAgain = async (sent: Sent, { exchanges }: ExplainReport): Promise<string[]> => {
    const client = await gateway.client(sent.ip)
    const replies = [client.greeting]
    for (const { command, stage } of exchanges.slice(1)) {
      if (command !== undefined) replies.push(await client.send(command))
      else if (stage === 'message') {
        client.write(toWire(Buffer.from(sent.message, 'latin1')).bytes)
        replies.push(await client.reply())
      }
    }
    client.close()
    // The client reads bytes.
    return replies.map((reply) => Buffer.from(reply, 'latin1').toString())
  }

  it('says of 200 messages what live mail is told, in a worker and in a process of its own', async () => {
    const messages = createMessages(200)
    const before = counted()
    const inWorker = await explainIn('worker', messages)
    const connections = counted() - before

    const inProcess = await explainIn('process', messages)

    // Only the session that asked was one.
    assert.ok(connections <= 2, `${connections} counted`)
    assert.equal(journal().length, 0)
    assert.deepEqual(gateway.maildir(), [])
    assert.deepEqual(gateway.maildir('other'), [])
    assert.deepEqual(readdirSync(join(gateway.dir, 'queue')), [])

    const verdicts = new Map<string, number>()
    for (const [at, sent] of messages.entries()) {
      const worker = inWorker[at] as ExplainReport
      const alone = inProcess[at] as ExplainReport
      const live = (await sendAgain(sent, worker)).map(comparable)
      const said = JSON.stringify(sent)
      assert.deepEqual(
        worker.exchanges.map(({ reply }) => comparable(reply)),
        live,
        said,
      )
      assert.deepEqual(
        alone.exchanges.map(({ reply }) => comparable(reply)),
        live,
        said,
      )
      const { outcome, stage } = worker.verdict
      verdicts.set(`${outcome} at ${stage}`, (verdicts.get(`${outcome} at ${stage}`) ?? 0) + 1)
    }
    // A set of messages that all fare alike would prove little.
    for (const wanted of [
      'accepted at message',
      'partly at message',
      'refused at message',
      'refused at RCPT',
      'refused at MAIL',
      'refused at EHLO',
    ])
      assert.ok((verdicts.get(wanted) ?? 0) >= 2, `${wanted}: ${JSON.stringify([...verdicts])}`)
    // One record for each message that was sent, however early or late it was refused.
    const transactions = inWorker.filter(({ exchanges }) =>
      exchanges.some(({ stage, reply }) => stage === 'MAIL' && !/^50/.test(reply)),
    )
    await eventually('all records', () => journal().length === transactions.length)
  }).timeout(120_000)

  it('leaves lists, limits and counts as they are', async () => {
    await gateway.changeSettings(settings({ admin_contacts_max_per_minute: 1 }))
    const toAdministrator = { ...plain, ip: '198.51.100.77', to: ['postmaster@here.test'] }
    const faulty = { ...plain, ip: '203.0.113.12' }
    const reports = await explainIn('worker', [
      faulty,
      faulty,
      toAdministrator,
      toAdministrator,
      toAdministrator,
    ])
    const [first, second] = reports
    for (const report of [first, second])
      assert.match(JSON.stringify(report?.lists), /answers 192\.0\.2\.1: answers of a list lie within/)
    for (const { verdict } of reports) assert.equal(verdict.outcome, 'accepted')
    // All that counts is live.
    const client = await gateway.client(toAdministrator.ip)
    const replies = [await client.send('EHLO x'), await client.send('MAIL FROM:<>')]
    replies.push(
      await client.send('RCPT TO:<postmaster@here.test>'),
      await client.send('RCPT TO:<abuse@here.test>'),
    )
    client.close()
    assert.match(replies[2] ?? '', /^250/)
    assert.match(replies[3] ?? '', /^450 4\.7\.1/)
    const [limited] = await explainIn('worker', [toAdministrator])
    assert.match(limited?.verdict.reply ?? '', /^450 4\.7\.1/)
    assert.doesNotMatch(gateway.log(), /is not asked for now/)
  })

  it('shows on the command line what decided: list, code, name asked, size rule, next hop, From', async () => {
    const file = join(gateway.dir, 'message.eml')
    writeFileSync(file, 'From: "Your Bank" <service@bank.example>\nSubject: x\n\nHello\n')
    const envelope = [
      '--helo',
      'mail.example.org',
      '--from',
      'small@limited.example',
      '--rcpt',
      'bob@here.test',
    ]
    const passed = await explainCommand(file, '--ip', '198.51.100.20', ...envelope)
    assert.equal(passed.status, 0, passed.stderr)
    assert.match(passed.stdout, /^accepted at message: 250 2\.0\.0/)
    assert.match(passed.stdout, /20\.100\.51\.198\.bl\.test = NXDOMAIN/)
    assert.match(passed.stdout, /of 1024 by message_size\.senders @limited\.example/)
    assert.match(passed.stdout, /<bob@here\.test> by maildir maildir, while the client waits, not asked/)
    assert.match(passed.stdout, /before {2}From: "Your Bank" <service@bank\.example>/)
    assert.match(passed.stdout, /after {3}From: .*via limited\.example/)
    assert.match(passed.stdout, /counter: it may keep something/)

    const refused = await explainCommand(file, '--ip', '203.0.113.9', ...envelope, '--json')
    assert.equal(refused.status, 2, refused.stderr)
    const { verdict, lists, exchanges, record } = JSON.parse(refused.stdout) as ExplainReport
    assert.deepEqual(
      { ...verdict, reply: comparable(verdict.reply), ref: undefined },
      {
        outcome: 'refused',
        stage: 'RCPT',
        reply: '550 5.7.1 203.0.113.9 is listed in Example BL (ref)',
        by: 'gateway/ip-lists',
        ref: undefined,
      },
    )
    assert.match(verdict.ref ?? '', /^\w{6}$/)
    assert.equal(exchanges.at(-1)?.ref, verdict.ref)
    assert.deepEqual(record?.refs, [verdict.ref])
    const listing = lists.find(({ finding }) => finding.kind === 'listed')
    assert.equal(listing?.asked, '9.113.0.203.bl.test')
    assert.equal(listing.answer, '127.0.0.2')
  }).timeout(60_000)

  it('lets a user sign in without password, and takes a name for confirmed', async () => {
    const [signedIn, named, unknown] = await explainIn('worker', [
      { ...plain, ip: '203.0.113.9', user: 'anna', to: ['far@away.example'] },
      { ...plain, name: 'bad-helo.net', helo: 'fine.example.org' },
      { ...plain, port: 587 },
    ])
    assert.equal(signedIn?.verdict.outcome, 'accepted')
    assert.deepEqual(signedIn.nextHops[0]?.destinations, [
      { recipient: 'far@away.example', isQueued: true, isContact: false },
    ])
    assert.match(signedIn.remarks.join(), /no anna among smtp_users/)
    assert.match(named?.verdict.reply ?? '', /^550 5\.7\.1 bad-helo\.net is listed in names\.test/)
    assert.match(unknown?.verdict.reply ?? '', /^530 5\.7\.0/)
  })

  it('asks a next hop about recipients only when told to, and gives it no message', async () => {
    const sink = await startSmtpServer({
      script: {
        RCPT: (line) => (line.includes('unknown') ? '550 5.1.1 no unknown here' : '250 2.1.5 ok'),
      },
    })
    try {
      await gateway.changeSettings(
        settings({ next_hops: { 'far.test': { host: '127.0.0.1', port: sink.port, tls: 'off' } } }),
      )
      const toFar = { ...plain, to: ['bob@far.test', 'unknown@far.test'] }
      const [unasked] = await explainIn('worker', [toFar])
      assert.equal(unasked?.verdict.outcome, 'accepted')
      assert.equal(sink.sessions.length, 0)
      const [asked] = await explainIn('worker', [{ ...toFar, asksNextHops: true }])
      assert.equal(asked?.verdict.outcome, 'partly')
      assert.match(asked.exchanges.map(({ reply }) => reply).join('\n'), /550 5\.1\.1 no unknown here/)
      assert.deepEqual(sink.messages(), [])
    } finally {
      await sink.close()
    }
  })

  it('answers the page, and says what is wrong with a question', async () => {
    await gateway.changeSettings(settings())
    const ask = async (body: unknown): Promise<ExplainReport & { status?: number; message?: string }> => {
      const file = join(gateway.dir, 'question.json')
      writeFileSync(file, JSON.stringify(body))
      const client = await gateway.client()
      assert.match(await client.send(`XROUTE ${file}`), /^250/)
      client.close()
      return JSON.parse(readFileSync(`${file}.answer`, 'utf8')) as ExplainReport
    }
    const { verdict } = await ask(plain)
    assert.equal(verdict.outcome, 'accepted')
    const { status, message } = await ask({ ...plain, from: 'a@b.example>\r\nDATA' })
    assert.deepEqual([status, message], [422, '"a@b.example>\\r\\nDATA" is not an address'])
  })
})

const plain = {
  ip: '198.51.100.20',
  helo: 'mail.example.org',
  from: 'anna@example.org',
  to: ['bob@here.test'],
  message: 'From: anna@example.org\nSubject: x\n\nHello\n',
}

/** Without what differs from session to session. */
const comparable = (reply: string): string =>
  reply
    .replace(/\(ref \w{6}\)/g, '(ref)')
    .replace(/[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}/g, 'UUID')
    .replace(/\([0-9A-F]{6}\)/g, '(ID)')
    .replace(/2\.0\.0 (?:Stored as \S+|Message accepted)/, '2.0.0 taken')

async function run(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}
