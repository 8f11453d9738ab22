import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databasePath } from '../../plugins/lib/journal/paths'
import { parseQuery, type JournalQuery } from '../../plugins/lib/journal/query'
import type { JournalRecord } from '../../plugins/lib/journal/record'
import type { ListReport } from '../../plugins/lib/journal/report'
import { openStore } from '../../plugins/lib/journal/store'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, tool, type Gateway } from '../support/gateway'

const plugins = ['gateway/mail-core', 'gateway/ip-lists', 'relay', 'queue-all', 'gateway/next-hops']

/** Refuses a client at connect, and lets another relay. */
const relay = `
exports.register = function () {
  this.register_hook('connect', 'at_connect')
  this.register_hook('ehlo', 'at_ehlo')
}
exports.at_connect = (next, connection) => {
  if (connection.remote.ip === '198.51.100.66') return next(DENYDISCONNECT, 'not you')
  next()
}
exports.at_ehlo = (next, connection, name) => {
  if (name === 'relay.example') connection.relaying = true
  next()
}`

/** Answers for the outbound queue without a network. */
const queueAll = `
exports.register = function () { this.register_hook('get_mx', 'mx') }
exports.mx = (next, hmail, domain) => domain === 'no-mx.test' ? next(DENY) : next(DENYSOFT, 'try later')
`

const message =
  'From: Anna <anna@news.example>\nMessage-ID: <m1@news.example>\nSubject: Invoice 4711\n\nHello\n'

describe('the journal', () => {
  let dns: DnsServer
  let gateway: Gateway
  const settings = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 1000 },
    next_hops: { 'here.test': { maildir: 'maildir' } },
    ip_blocklists: {
      custom: [
        { zone: 'bl.test', name: 'Example BL' },
        { zone: 'noted.test', action: 'note' },
      ],
    },
    ...more,
  })
  const send = async (ip: string, to: string | string[] = 'bob@here.test', helo = 'client.example.org') => {
    const client = await gateway.client(ip)
    const reply = await client.sendMail({ from: 'anna@example.org', to, message, helo })
    client.close()
    return reply
  }
  const find = (query: JournalQuery): readonly JournalRecord[] => {
    const store = openStore({ path: databasePath(gateway.dir), readonly: true })
    try {
      return store.search(parseQuery(query), { limit: 50 }).map(({ record }) => record)
    } finally {
      store.close()
    }
  }
  const found = (query: JournalQuery, isRight: (record: JournalRecord) => boolean = () => true) =>
    eventually(`a record of ${JSON.stringify(query)}`, () => {
      try {
        return find(query).find(isRight)
      } catch {
        return undefined // not written yet
      }
    })
  /** Not spawnSync: the DNS server that the tool asks lives in this process. */
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [tool, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { status, stdout, stderr }
  }

  before(async () => {
    const listed = [
      '9.113.0.203.bl.test',
      '2.0.0.127.bl.test',
      '2.0.0.127.noted.test',
      '8.113.0.203.noted.test',
    ]
    dns = await createDnsServer(({ name }) =>
      listed.includes(name)
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    gateway = await startGateway({
      plugins,
      ownPlugins: { relay, 'queue-all': queueAll },
      nodes: 2,
      settings: settings(),
    })
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  it('has an accepted message with who sent it to whom, and where it went', async () => {
    assert.match(await send('198.51.100.1'), /^250 /)
    const record = await found({ messageId: 'm1@news.example', ip: '198.51.100.1' })
    assert.equal(record.outcome, 'accepted')
    assert.equal(record.sender, 'anna@example.org')
    assert.equal(record.fromDomain, 'news.example')
    assert.equal(record.client.helo, 'client.example.org')
    assert.deepEqual(record.recipients, [{ address: 'bob@here.test', outcome: 'accepted' }])
    assert.match(record.reply ?? '', /^250 2\.0\.0 Stored as /)
    assert.equal(record.delivery?.state, 'delivered')
    assert.match(record.delivery.nextHop ?? '', /maildir/)
    assert.ok((record.size ?? 0) >= message.length)
    assert.deepEqual(
      record.clear.map(({ list, items }) => [list, items]),
      [
        ['Example BL', ['198.51.100.1']],
        ['noted.test', ['198.51.100.1']],
      ],
    )
    assert.equal(record.subject, undefined)
  })

  it('finds a refusal by the reference that the sender was told', async () => {
    const reply = await send('203.0.113.9')
    const ref = /\(ref (\w+)\)/.exec(reply)?.[1] ?? ''
    const record = await found({ ref })
    assert.equal(record.outcome, 'refused')
    assert.equal(record.by, 'gateway/ip-lists')
    assert.equal(record.reply, reply)
    assert.equal(record.recipients[0]?.outcome, 'refused')
    const listing = record.findings.find(({ kind }) => kind === 'listed')
    assert.equal(listing?.list, 'Example BL')
    assert.equal(listing.item, '203.0.113.9')
    assert.deepEqual(find({ list: 'example bl', ip: '203.0.113.0/24' }).length, 1)
  })

  it('has each recipient with its own outcome', async () => {
    const client = await gateway.client('203.0.113.9')
    await client.send('EHLO mixed.example')
    await client.send('MAIL FROM:<anna@example.org>')
    await client.send('RCPT TO:<bob@here.test>')
    await client.send('RCPT TO:<postmaster@here.test>')
    await client.send('DATA')
    client.write('Subject: x\r\n\r\n')
    assert.match(await client.send('.'), /^250/)
    client.close()
    const record = await found({ text: 'mixed.example' })
    assert.equal(record.outcome, 'partly')
    assert.deepEqual(
      record.recipients.map(({ address, outcome }) => `${address} ${outcome}`),
      ['bob@here.test refused', 'postmaster@here.test accepted'],
    )
    assert.match(record.recipients[0]?.reply ?? '', /^550 5\.7\.1 203\.0\.113\.9 is listed/)
    assert.ok(find({ outcome: 'refused', to: 'bob@here.test' }).some(({ outcome }) => outcome === 'partly'))
  })

  it('has a session that was refused before any transaction, and none of one that only said hello', async () => {
    await gateway.client('198.51.100.66')
    const record = await found({ ip: '198.51.100.66' })
    assert.equal(record.transaction, undefined)
    assert.equal(record.outcome, 'refused')
    assert.equal(record.by, 'relay')
    assert.match(record.reply ?? '', /^554 not you/)
    const client = await gateway.client('198.51.100.67')
    await client.send('QUIT')
    assert.match(await send('198.51.100.68'), /^250/)
    await found({ ip: '198.51.100.68' })
    assert.deepEqual(find({ ip: '198.51.100.67' }), [])
  })

  it('has transactions that nobody finished', async () => {
    const client = await gateway.client('198.51.100.70')
    await client.send('EHLO gone.example')
    await client.send('MAIL FROM:<>')
    await client.send('RCPT TO:<bob@here.test>')
    await client.send('RSET')
    client.close()
    const record = await found({ ip: '198.51.100.70' })
    assert.equal(record.outcome, 'abandoned')
    assert.equal(record.sender, '')
    assert.equal(find({ from: '<>' }).length, 1)
  })

  it('joins what the outbound queue did to the record of the transaction', async () => {
    assert.match(await send('198.51.100.71', ['eve@later.test', 'dan@no-mx.test'], 'relay.example'), /^250 /)
    const record = await found({ ip: '198.51.100.71' }, ({ delivery }) => delivery?.events.length === 2)
    assert.equal(record.client.trusted, 'relaying')
    assert.equal(record.delivery?.state, 'bounced')
    const [bounced, delayed] = record.delivery.events.toSorted((a, b) => a.kind.localeCompare(b.kind))
    assert.deepEqual(bounced?.recipients, ['dan@no-mx.test'])
    assert.match(bounced.answer, /No MX for no-mx\.test/)
    assert.equal(delayed?.kind, 'delayed')
    assert.deepEqual(delayed.recipients, ['eve@later.test'])
    assert.equal(find({ outcome: 'bounced' }).length, 1)
  })

  it('keeps subjects and lines of JSON only when the settings say so', async () => {
    await gateway.changeSettings(settings({ journal: { subjects: true, log: 'json' } }))
    await send('198.51.100.72')
    const record = await found({ text: 'invoice' })
    assert.equal(record.subject, 'Invoice 4711')
    const lines = readFileSync(join(gateway.dir, 'journal', 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    const line = JSON.parse(lines.at(-1) ?? '') as JournalRecord & { kind: string }
    assert.equal(line.kind, 'record')
    assert.equal(line.client.ip, '198.51.100.72')
  })

  it('in shadow mode refuses nothing for a list, and says what it would have refused', async () => {
    await gateway.changeSettings(settings({ shadow: true }))
    assert.match(await send('203.0.113.9'), /^250 /)
    const record = await found({ ip: '203.0.113.9' }, ({ outcome }) => outcome === 'accepted')
    assert.match(record.wouldRefuse[0] ?? '', /to <bob@here\.test>: 203\.0\.113\.9 is listed in Example BL/)
    const [ref = ''] = record.refs
    assert.match(gateway.log(), new RegExp(`would refuse ref ${ref}`))
    assert.equal(find({ ref }).length, 1)
  })

  it('is searched from the command line, one line a message, and in full by its reference', async () => {
    const [ref = ''] = (await found({ list: 'Example BL', outcome: 'refused' })).refs
    const lines = await run('search', gateway.dir, '--ip', '203.0.113.0/24', '--outcome', 'refused')
    assert.equal(lines.status, 0)
    assert.match(
      lines.stdout,
      /refused {4}203\.0\.113\.9 {6}<anna@example\.org> to bob@here\.test {2}550 5\.7\.1/,
    )
    const full = await run('search', gateway.dir, '--ref', ref.toLowerCase())
    assert.match(full.stdout, /lists +Example BL lists 203\.0\.113\.9: 127\.0\.0\.2/)
    const json = await run('search', gateway.dir, '--ref', ref, '--json')
    assert.deepEqual((JSON.parse(json.stdout) as JournalRecord).refs, [ref])
    assert.match((await run('search', gateway.dir, '--from', 'nobody@example.net')).stderr, /nothing found/)
    assert.equal((await run('search', gateway.dir, '--outcome', 'lost')).status, 64)
  })

  it('shows new messages while they come', async () => {
    const child = spawn(process.execPath, [tool, 'search', gateway.dir, '--ip', '198.51.100.80', '--follow'])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    try {
      assert.match(await send('198.51.100.80'), /^250/)
      await eventually('the new message', () => output.includes('198.51.100.80'))
      assert.match(await send('198.51.100.80'), /^250/)
      await eventually('the next message', () => output.match(/198\.51\.100\.80/g)?.length === 2)
    } finally {
      child.kill()
    }
  })

  it('is counted for each list by the report', async () => {
    await gateway.changeSettings(settings())
    assert.match(await send('203.0.113.8'), /^250/)
    await found({ ip: '203.0.113.8' })
    const { stdout, status } = await run('report', gateway.dir, '--json')
    assert.equal(status, 0)
    const lists = JSON.parse(stdout) as ListReport[]
    const example = lists.find(({ list }) => list === 'Example BL')
    const noted = lists.find(({ list }) => list === 'noted.test')
    assert.ok(example && noted)
    assert.ok(example.asked > example.listed && example.listed >= 3)
    assert.deepEqual([example.refused, example.wouldRefuse], [2, 1])
    assert.deepEqual([noted.listed, noted.unique, noted.refused, noted.wouldRefuse], [1, 1, 0, 1])
    assert.match((await run('report', gateway.dir)).stdout, /^list +asked +listed +only it/)
  })

  it('is not needed to check what lists say about an item', async () => {
    const listed = await run('check', gateway.dir, '203.0.113.9')
    assert.equal(listed.status, 2, listed.stderr)
    assert.match(listed.stdout, /Example BL \(ip_blocklists\): LISTED, 127\.0\.0\.2 listed: reject/)
    assert.match(listed.stdout, /9\.113\.0\.203\.bl\.test, \d+ ms, up/)
    assert.match(listed.stdout, /=> mail is refused: 203\.0\.113\.9 is listed in Example BL/)
    const clean = await run('check', gateway.dir, '198.51.100.1', '--json')
    assert.equal(clean.status, 0)
    const [check] = JSON.parse(clean.stdout) as { isListed: boolean; answers: { asked: string }[] }[]
    assert.equal(check?.isListed, false)
    assert.deepEqual(
      check.answers.map(({ asked }) => asked),
      ['1.100.51.198.bl.test', '1.100.51.198.noted.test'],
    )
    assert.equal((await run('check', gateway.dir, 'no such thing')).status, 1)
  })
})
