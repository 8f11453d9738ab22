import assert from 'node:assert/strict'
import { createTestCertificate } from '../support/certificate'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, type MailLedger } from '../support/mail-ledger'
import { memoryBytes } from '../support/processes'
import { connectSmtp, type SmtpClient } from '../support/smtp-client'

const CLIENTS = 1000
const AT_ONCE = 50
const MB = 1_000_000
/** What a sender that will not finish has said so far. */
const stages = {
  'before EHLO': [],
  'after EHLO': ['EHLO a.example.org'],
  'after MAIL': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>'],
  'after RCPT': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>', 'RCPT TO:<bob@here.net>'],
  'in the message': ['EHLO a.example.org', 'MAIL FROM:<a@b.example>', 'RCPT TO:<bob@here.net>', 'DATA'],
  'within STARTTLS': ['EHLO a.example.org', 'STARTTLS'],
} as const
type StageName = keyof typeof stages
const stageNames = Object.keys(stages) as StageName[]
/** A handshake record of 512 bytes, of which no more will come. */
const START_OF_HANDSHAKE = Buffer.from('1603010200', 'hex')

const inside = `
const { performance } = require('node:perf_hooks')
const real = performance.now.bind(performance)
let aheadMs = 0
performance.now = () => real() + aheadMs
exports.hook_vrfy = (next, connection) => {
  aheadMs += Number(/later-(\\d+)/.exec(connection.current_line)?.[1] ?? 0) * 60000
  next(OK, 'process ' + process.pid)
}`

describe('a thousand clients that only hold their connections', function () {
  this.timeout(120_000)
  let dns: DnsServer
  let gateway: Gateway
  let ledger: MailLedger
  let pid: number
  const slow: { readonly stage: StageName; readonly client: SmtpClient }[] = []

  const tell = async (what: string): Promise<string> => {
    const client = await gateway.client('127.0.0.1')
    const reply = await client.send(`VRFY ${what}`)
    client.close()
    return reply
  }
  before(async () => {
    const { key, certificate } = createTestCertificate(['mx.gateway.test'])
    dns = await createDnsServer(() => ({ rcode: 'NXDOMAIN', soa: { minimum: 60 } }))
    gateway = await startGateway({
      nodes: 0,
      plugins: ['inside', 'gateway/mail-core', 'gateway/next-hops'],
      ownPlugins: { inside },
      files: { 'tls.pem': key + certificate },
      settings: {
        dns: { servers: [dns.address] },
        tls: { certificate: 'tls.pem' },
        next_hops: { 'here.net': { maildir: 'maildir' } },
      },
    })
    ledger = createMailLedger({ port: () => gateway.port, ip: '192.0.2.1' })
    pid = Number(/process (\d+)/.exec(await tell('who'))?.[1])
  })
  after(async () => {
    for (const { client } of slow) client.close()
    await gateway.stop()
    await dns.close()
  })

  const hold = async (number: number): Promise<void> => {
    const stage = stageNames[number % stageNames.length] ?? 'before EHLO'
    const client = connectSmtp({ port: gateway.port, ip: `198.18.${number >> 8}.${number & 255}` })
    slow.push({ stage, client })
    assert.match(await client.reply(), /^220 /)
    for (const command of stages[stage]) assert.match(await client.send(command), /^[23]/, stage)
    client.write(stage === 'within STARTTLS' ? START_OF_HANDSHAKE : 'x')
  }
  const goodMailPasses = async (): Promise<void> => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => ledger.send({ to: 'bob@here.net' })))
    for (const { outcome, reply } of sent) assert.equal(outcome, 'acknowledged', reply)
  }

  it('cost neither good mail nor much memory, and are all told 421 in the end', async () => {
    await goodMailPasses()
    const before = memoryBytes(pid)
    for (let number = 0; number < CLIENTS; number += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => hold(number + index)))
    await goodMailPasses()
    // A tenth of a megabyte for each is more than twice what they take.
    assert.ok(memoryBytes(pid) - before < 0.1 * CLIENTS * MB, `${(memoryBytes(pid) - before) / MB} MB`)

    await tell('later-6')
    for (const { stage, client } of slow) {
      // There is no way to say anything in the middle of a handshake.
      if (stage !== 'within STARTTLS') assert.match(await client.reply(), /^421 4\.4\.2 /, stage)
      await client.closed()
    }
    await goodMailPasses()
    const { lost, doubled } = ledger.compare(gateway.maildir())
    assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] })
    await eventually('all to be forgotten', async () => (await tell('later-0')).startsWith('25'))
  })
})
