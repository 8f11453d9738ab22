import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDnsServer, type DnsHandler, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, type MailLedger } from '../support/mail-ledger'
import { startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'
import { signIn, uiUser, type WebClient } from '../support/web'

const HOUR_MS = 3_600_000
const jumps = { 'an hour ahead': HOUR_MS, 'an hour back': -HOUR_MS, 'a day back': -24 * HOUR_MS }
const clock = `exports.hook_vrfy = (next) => next(OK, 'it is ' + process.wallClock())`

describe('a clock that jumps', function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), 'clock-'))
  const file = join(folder, 'shift')
  let aheadMs = 0
  let dns: DnsServer
  let hop: TestSmtpServer
  let other: TestSmtpServer
  let otherSays: Act = '250 2.0.0 Ok'
  let gateway: Gateway
  let ledger: MailLedger
  let web: WebClient
  /** What the list lists now. */
  let listed: ReadonlySet<string> = new Set()
  const rightly: DnsHandler = ({ name }) => {
    const isListed = name === '2.0.0.127.bl.test' || listed.has(name)
    return isListed
      ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 1 }] }
      : { rcode: 'NXDOMAIN', soa: { minimum: 1, ttl: 1 } }
  }

  before(async () => {
    dns = await createDnsServer(rightly)
    hop = await startSmtpServer()
    other = await startSmtpServer({ script: { message: () => otherSays } })
    const at = ({ port }: TestSmtpServer) => ({ host: '127.0.0.1', port, tls: 'off', timeout: 10 })
    writeFileSync(file, '0')
    process.env.CLOCK_SHIFT_FILE = file
    process.env.NODE_OPTIONS = `--require ${join(__dirname, '..', 'support', 'clock-shift.js')}`
    gateway = await startGateway({
      nodes: 1,
      web: true,
      plugins: ['clock', 'gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops', 'gateway/status'],
      ownPlugins: { clock },
      files: { 'outbound.ini': 'temp_fail_intervals=5s*100\n' },
      secrets: { ui_users: { anna: await uiUser('correct horse', 'editor') } },
      settings: {
        dns: { servers: [dns.address], timeout: 500, retest: 1 },
        ip_blocklists: { custom: [{ zone: 'bl.test' }] },
        next_hops: {
          'forwarded.net': at(hop),
          'other.net': at(other),
          'stored.net': { maildir: 'maildir' },
        },
      },
    }).finally(() => {
      delete process.env.CLOCK_SHIFT_FILE
      delete process.env.NODE_OPTIONS
    })
    ledger = createMailLedger({ port: () => gateway.port, ip: '192.0.2.1' })
    web = await signIn(gateway, 'anna', 'correct horse')
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
    await other.close()
    await dns.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const jump = async (byMs: number): Promise<void> => {
    aheadMs += byMs
    writeFileSync(`${file}.new`, String(aheadMs))
    renameSync(`${file}.new`, file)
    await eventually('the clock of the gateway to be set', async () => {
      const client = await gateway.client('127.0.0.1')
      const [, says] = /it is (\d+)/.exec(await client.send('VRFY clock')) ?? []
      client.close()
      return Math.abs(Number(says) - aheadMs - Date.now()) < 60_000
    })
  }
  let clients = 0
  const suspensions = (): number => gateway.log().match(/bl\.test.*is not asked for now/g)?.length ?? 0
  const isAcknowledged = async (to: string | readonly string[]): Promise<void> => {
    const { outcome, reply } = await ledger.send({ to })
    assert.equal(outcome, 'acknowledged', reply)
  }
  const replyFor = async (ip: string): Promise<string> =>
    (await ledger.send({ to: 'bob@stored.net', ip })).reply

  for (const [name, ms] of Object.entries(jumps)) {
    describe(`by ${name}`, () => {
      const address = `203.0.113.${Object.keys(jumps).indexOf(name) + 1}`
      const entry = `${address.split('.').toReversed().join('.')}.bl.test`
      afterEach(async () => {
        dns.setHandler(rightly)
        otherSays = '250 2.0.0 Ok'
        listed = new Set()
        await jump(-aheadMs)
      })

      it('loses no session and no message, and mail goes on', async () => {
        const session = await gateway.client('192.0.2.2')
        await session.send('EHLO client.example.org')
        await session.send('MAIL FROM:<anna@sender.example>')
        await jump(ms)
        assert.match(await session.send('RCPT TO:<bob@forwarded.net>'), /^250 /)
        session.close()
        await isAcknowledged('bob@forwarded.net')
        await isAcknowledged('bob@stored.net')
      })

      it('leaves no answer of a list valid for longer than it is', async () => {
        assert.match(await replyFor(address), /^250 /)
        await jump(ms)
        listed = new Set([entry])
        await eventually('the list to be asked again', async () =>
          (await replyFor(address)).startsWith('550 5.7.1 '),
        )
      })

      it('brings a list that was suspended back when its time has come', async () => {
        listed = new Set([entry])
        const before = suspensions()
        dns.setHandler(() => ({ rcode: 'SERVFAIL' }))
        await eventually('the list to be suspended', async () => {
          // Each from an address of its own, which no answer is known of yet.
          await replyFor(`198.51.100.${++clients}`)
          return suspensions() > before
        })
        await jump(ms)
        dns.setHandler(rightly)
        await eventually('the list to count again', async () =>
          (await replyFor(address)).startsWith('550 5.7.1 '),
        )
      })

      it('holds up no mail that waits in the queue', async () => {
        otherSays = '451 4.3.0 Try again'
        await isAcknowledged(['bob@forwarded.net', 'eve@other.net'])
        const id = ledger.sent.at(-1)?.id ?? ''
        await eventually('the next hop to be asked', () => other.messages().some((mail) => mail.includes(id)))
        await jump(ms)
        const before = other.messages().length
        otherSays = '250 2.0.0 Ok'
        await eventually('it to be asked again', () => other.messages().length > before)
      })

      it('keeps those signed in who have been so for minutes, and lets others in', async () => {
        await jump(ms)
        const stays = Math.abs(ms) < 12 * HOUR_MS
        if (stays) assert.equal((await web.call('/settings')).status, 200)
        await signIn(gateway, 'anna', 'correct horse')
      })
    })
  }

  it('has lost and doubled nothing', async () => {
    await eventually('the queue to be delivered', () => {
      const { lost } = ledger.compare([...hop.messages(), ...gateway.maildir()])
      return lost.length === 0
    })
    const { doubled } = ledger.compare([...hop.messages(), ...gateway.maildir()])
    assert.deepEqual(doubled, [])
  })
})
