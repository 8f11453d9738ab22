import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createDnsServer, type DnsHandler, type DnsServer, type Reply } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, tool, type Gateway } from '../support/gateway'

const message = 'From: anna@example.org\nSubject: Hello\n\nHello\n'
const zones = [
  'real.test',
  'all.test',
  'parked.test',
  'quota.test',
  'gone.test',
  'silent.test',
  'canary.test',
]

const a = (value: string): Reply => ({ answers: [{ type: 'A', value, ttl: 1 }] })
const nxdomain: Reply = { rcode: 'NXDOMAIN', soa: { minimum: 1 } }

/** How a list answers what stands before its zone. */
type ListAnswers = (labels: string) => Reply
/** Test entries, and the spammers of 20.x.7.9. */
const healthy: ListAnswers = (labels) => (labels === '2.0.0.127' ? a('127.0.0.2') : nxdomain)
const real: ListAnswers = (labels) => (/^9\.7\.\d+\.20$/.test(labels) ? a('127.0.0.2') : healthy(labels))

describe('lists that die', () => {
  let dns: DnsServer
  let gateway: Gateway
  const answers = new Map<string, ListAnswers>()
  const handler: DnsHandler = ({ name }) => {
    const zone = zones.find((each) => name.endsWith(`.${each}`)) ?? ''
    return (answers.get(zone) ?? healthy)(name.slice(0, -zone.length - 1))
  }
  const send = async (ip: string): Promise<string> => {
    const client = await gateway.client(ip)
    const helo = 'client.example.org'
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@here.test', message, helo })
    client.close()
    return reply
  }
  const suspensions = (zone: string): string[] =>
    gateway
      .log()
      .split('\n')
      .filter((line) => line.includes(`${zone}) is not asked for now`))
  const sendAll = async (network: number): Promise<void> => {
    for (let at = 1; at <= 4; at++) assert.match(await send(`${network}.${at}.3.4`), /^250 /)
  }

  before(async function () {
    this.timeout(90_000)
    answers.set('real.test', real)
    dns = await createDnsServer(handler)
    gateway = await startGateway({
      nodes: 2,
      plugins: ['gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops'],
      settings: {
        dns: { servers: [dns.address], timeout: 1000, retest: 1 },
        next_hops: { 'here.test': { maildir: 'maildir' } },
        breaker: { canaries: ['198.51.100.25'] },
        ip_blocklists: { custom: zones },
      },
    })
    const isTested = (zone: string): boolean =>
      dns.queries.filter(({ name }) => name.endsWith(`.${zone}`)).length >= 5
    await eventually('all lists to be tested at the start', () => zones.every(isTested))
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  it('are not those that list all clients of an attack', async () => {
    for (let at = 0; at < 30; at++) assert.match(await send(`20.${at}.7.9`), /^550 5\.7\.1 .* real\.test/)
    assert.deepEqual(suspensions('real.test'), [])
  })

  it('refuse nobody when they list everything but their negative test entry, and come back when healed', async () => {
    const spam: ListAnswers = (labels) => (labels === '4.3.9.30' ? a('127.0.0.2') : healthy(labels))
    answers.set('all.test', (labels) => (labels === '1.0.0.127' ? nxdomain : a('127.0.0.2')))
    await sendAll(31)
    await gateway.logged(/all\.test\) is not asked for now: it lists 32 addresses drawn at random/)
    assert.equal(suspensions('all.test').length, 1)
    const check = promisify(execFile)(process.execPath, [tool, 'check', gateway.dir, '20.99.7.9'])
    const { stdout } = await check.catch((listed: unknown) => listed as { stdout: string })
    assert.match(stdout, /suspended: it lists 32 addresses drawn at random, so it lists everything/)
    answers.set('all.test', spam)
    await gateway.logged(/all\.test\) passes its test and is asked again/)
    assert.match(await send('30.9.3.4'), /^550 5\.7\.1 30\.9\.3\.4 is listed in all\.test/)
  })

  it('refuse nobody when their domain is parked, or they answer with an error code', async () => {
    answers.set('parked.test', () => a('203.0.113.80'))
    answers.set('quota.test', () => a('127.255.255.254'))
    await sendAll(32)
    await gateway.logged(/parked\.test\) is not asked for now: it answers 203\.0\.113\.80: .*expired/)
    await gateway.logged(/quota\.test\) is not asked for now: it answers 127\.255\.255\.254/)
  })

  it('refuse nobody when their domain is gone, or they are silent', async () => {
    answers.set('gone.test', () => nxdomain)
    answers.set('silent.test', () => ({ drop: true }))
    await sendAll(33)
    await gateway.logged(/silent\.test\) is not asked for now: it gives no answer/)
  })

  it('refuse nobody while they list a canary', async () => {
    answers.set('canary.test', (labels) =>
      /^(?:25\.100\.51\.198|4\.3\.\d+\.34)$/.test(labels) ? a('127.0.0.2') : healthy(labels),
    )
    await sendAll(34)
    await gateway.logged(/canary\.test\) is not asked for now: it lists 198\.51\.100\.25, which is one of/)
  })
})
