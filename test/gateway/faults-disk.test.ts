import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, type MailLedger } from '../support/mail-ledger'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk'
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server'

describe('a gateway whose disk is full', function () {
  this.timeout(60_000)
  let disk: SmallDisk | undefined
  let hop: TestSmtpServer
  let other: TestSmtpServer
  let gateway: Gateway
  let ledger: MailLedger

  before(async function () {
    disk = mountSmallDisk(6)
    if (!disk) {
      this.skip()
      return
    }
    hop = await startSmtpServer()
    other = await startSmtpServer()
    const at = ({ port }: TestSmtpServer) => ({ host: '127.0.0.1', port, tls: 'off', timeout: 10 })
    const before = process.env.TMPDIR
    // The whole instance is on it: settings, state, journal, queue, maildir.
    process.env.TMPDIR = disk.path
    gateway = await startGateway({
      nodes: 1,
      plugins: ['gateway/mail-core', 'gateway/next-hops', 'gateway/status'],
      settings: {
        next_hops: {
          'forwarded.net': at(hop),
          'other.net': at(other),
          'stored.net': { maildir: 'maildir' },
        },
      },
    }).finally(() => {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    })
    ledger = createMailLedger({ port: () => gateway.port, ip: '192.0.2.1' })
  })
  after(async () => {
    if (!disk) return
    await gateway.stop()
    await hop.close()
    await other.close()
    disk.remove()
  })
  afterEach(() => disk?.free())

  const queued = ['a@forwarded.net', 'b@other.net']

  it('defers what it would have to store, keeps no piece of it, and takes it when there is room', async () => {
    assert.equal((await ledger.send({ to: 'bob@stored.net' })).outcome, 'acknowledged')
    disk?.fill()
    const stored = await ledger.send({ to: 'bob@stored.net', text: 'x'.repeat(70).concat('\n').repeat(500) })
    assert.match(stored.reply, /^45\d 4\.3\.1 /)
    assert.match((await ledger.send({ to: queued })).reply, /^45\d 4\.3\.[01] /)
    disk?.free()
    assert.equal((await ledger.send({ to: 'bob@stored.net' })).outcome, 'acknowledged')
    assert.equal((await ledger.send({ to: queued })).outcome, 'acknowledged')
    await eventually(
      'the queue to be delivered',
      () => other.messages().length > 0 && hop.messages().length > 0,
    )
    const nothing = { lost: [], doubled: [], repeated: [], unexpected: [] }
    assert.deepEqual(ledger.compare([...gateway.maildir(), ...other.messages()]), nothing)
    assert.deepEqual(readdirSync(join(gateway.dir, 'maildir', 'tmp')), [])
    await eventually('the queue to be empty', () => readdirSync(join(gateway.dir, 'queue')).length === 0)
  })

  it('goes on with what it need not store, journal or not', async () => {
    disk?.fill()
    const before = hop.messages().length
    for (let count = 0; count < 5; count += 1)
      assert.equal((await ledger.send({ to: 'bob@forwarded.net' })).outcome, 'acknowledged')
    assert.equal(hop.messages().length, before + 5)
  })

  it('keeps its settings, and takes new ones when there is room', async () => {
    disk?.fill()
    assert.equal((await ledger.send({ to: 'bob@forwarded.net' })).outcome, 'acknowledged')
    // What an editor leaves behind there: the file cut to nothing.
    gateway.writeConfig('gateway.yaml', '')
    assert.equal((await ledger.send({ to: 'bob@forwarded.net' })).outcome, 'acknowledged')
    disk?.free()
    await gateway.changeSettings({ next_hops: { 'forwarded.net': { maildir: 'maildir' } } })
    const { reply } = await ledger.send({ to: 'bob@forwarded.net' })
    assert.match(reply, /^250 2\.0\.0 Stored/)
  })
})
