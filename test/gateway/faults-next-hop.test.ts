import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, type MailLedger, type Outcome } from '../support/mail-ledger'
import { hangUp, silence, startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'

const healthy = {
  connect: '220 hop.test ESMTP',
  EHLO: '250 hop.test',
  MAIL: '250 2.1.0 Sender ok',
  RCPT: '250 2.1.5 Recipient ok',
  DATA: '354 Go on',
  message: '250 2.0.0 Queued',
} as const
type Stage = keyof typeof healthy
const stages = Object.keys(healthy) as Stage[]

/** A next hop at one stage of its dialogue, and what the client is told. */
interface Fault {
  readonly stage: Stage
  readonly name: string
  readonly act: Act
  readonly outcome: Outcome
}

const everywhere = stages.flatMap((stage): Fault[] => [
  { stage, name: 'hangs up', act: hangUp(), outcome: 'deferred' },
  { stage, name: 'goes away with 421', act: hangUp('421 4.3.2 Going down'), outcome: 'deferred' },
  { stage, name: 'is silent', act: silence, outcome: 'deferred' },
  {
    stage,
    name: 'is slow',
    act: { kind: 'later', afterMs: 400, reply: healthy[stage] },
    outcome: 'acknowledged',
  },
])
const afterHello = (['MAIL', 'RCPT', 'DATA', 'message'] as const).flatMap((stage): Fault[] => [
  { stage, name: 'is busy', act: '451 4.3.0 Try again', outcome: 'deferred' },
  { stage, name: 'is full', act: '452 4.3.1 Out of storage', outcome: 'deferred' },
  { stage, name: 'refuses the size', act: '552 5.3.4 Too big', outcome: 'refused' },
  { stage, name: 'refuses', act: '550 5.7.1 No', outcome: 'refused' },
])
const faults: readonly Fault[] = [
  // A slow 354 is one that the test server itself would not take for the start of a message.
  ...everywhere.filter(({ stage, name }) => !(stage === 'DATA' && name === 'is slow')),
  ...afterHello,
  { stage: 'connect', name: 'refuses', act: '554 5.3.2 No service', outcome: 'deferred' },
]

describe('a next hop that', function () {
  this.timeout(60_000)
  let fault: Fault | undefined
  let hop: TestSmtpServer
  let gateway: Gateway
  let ledger: MailLedger

  before(async () => {
    const script = Object.fromEntries(
      stages.map((stage) => [stage, () => (fault?.stage === stage ? fault.act : healthy[stage])]),
    )
    hop = await startSmtpServer({ script })
    gateway = await startGateway({
      nodes: 0,
      plugins: ['gateway/mail-core', 'gateway/next-hops'],
      settings: {
        next_hops: { 'here.net': { host: '127.0.0.1', port: hop.port, tls: 'off', timeout: 2 } },
      },
    })
    ledger = createMailLedger({ port: () => gateway.port, ip: '192.0.2.1', patienceMs: 30_000 })
  })
  after(async () => {
    await gateway.stop()
    await hop.close()
  })

  const send = () => ledger.send({ to: 'bob@here.net' })

  for (const one of faults) {
    it(`${one.name} at ${one.stage} leaves the sender with the truth: ${one.outcome}`, async () => {
      await eventually('the next hop to be used', async () => (await send()).outcome === 'acknowledged')
      // One that waits for the next message would not meet what happens before MAIL.
      if (one.stage === 'connect' || one.stage === 'EHLO')
        await eventually('idle sessions to end', () => hop.openSessions() === 0)
      fault = one
      const { outcome, reply } = await send()
      fault = undefined
      assert.equal(outcome, one.outcome, reply)
    })
  }

  it('is well again gets what was acknowledged once, and nothing that was refused before its end', async () => {
    await eventually('the next hop to be used', async () => (await send()).outcome === 'acknowledged')
    const { lost, doubled, unexpected } = ledger.compare(hop.messages())
    assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] })
    // Those it refused after it had read them, which is what the sender was told.
    const readAndRefused = faults.filter(
      ({ stage, outcome }) => stage === 'message' && outcome !== 'acknowledged',
    )
    assert.equal(unexpected.length, readAndRefused.length)
  })
})
