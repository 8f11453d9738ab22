import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually'
import { isListening } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, startLoad } from '../support/mail-ledger'
import { createRandom } from '../support/random'
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server'

/** KILLS=100 for a long run; SEED to repeat one. */
const kills = Number(process.env.KILLS ?? 5)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

describe(`kill -9 under load (SEED=${seed})`, function () {
  this.timeout(60_000 + kills * 10_000)
  const random = createRandom(seed)
  let hop: TestSmtpServer
  let gateway: Gateway

  beforeEach(async () => {
    hop = await startSmtpServer()
    gateway = await startGateway({
      nodes: 2,
      plugins: ['gateway/mail-core', 'gateway/next-hops', 'gateway/status'],
      settings: {
        next_hops: {
          'forwarded.net': { host: '127.0.0.1', port: hop.port, tls: 'off', timeout: 10 },
          'stored.net': { maildir: 'maildir' },
        },
      },
    })
  })
  afterEach(async () => {
    await gateway.stop()
    await hop.close()
  })

  const workers = (): number[] =>
    [...gateway.log().matchAll(/worker started worker=\d+ pid=(\d+)/g)]
      .map(([, pid]) => Number(pid))
      .filter(isAlive)
  const load = () => {
    const ledger = createMailLedger({ port: () => gateway.port, ip: '192.0.2.1', patienceMs: 5000 })
    const to = () => (random() < 0.5 ? 'bob@forwarded.net' : 'bob@stored.net')
    return { ledger, running: startLoad(() => ledger.send({ to: to() }), { clients: 3 }) }
  }
  const delivered = () => [...hop.messages(), ...gateway.maildir()]

  it('of workers loses and doubles nothing that was acknowledged, and needs no hand', async () => {
    const { ledger, running } = load()
    for (let kill = 0; kill < kills; kill += 1) {
      const before = ledger.of('acknowledged').length
      await eventually('mail to be taken', () => ledger.of('acknowledged').length > before + 5, 30_000)
      await sleep(random() * 100)
      const alive = workers()
      process.kill(alive[Math.floor(random() * alive.length)] ?? assert.fail('no worker'), 'SIGKILL')
    }
    const before = ledger.of('acknowledged').length
    await eventually('mail to be taken again', () => ledger.of('acknowledged').length > before + 5, 30_000)
    await running.stop()
    assert.deepEqual(ledger.of('refused'), [])
    const { lost, doubled } = ledger.compare(delivered())
    assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] })
  })

  it('of the master leaves no worker behind that holds the port, and loses nothing', async () => {
    const { ledger, running } = load()
    await eventually('mail to be taken', () => ledger.of('acknowledged').length > 10, 30_000)
    const alive = workers()
    assert.equal(alive.length, 2)
    gateway.signal('SIGKILL')
    await gateway.exited()
    await running.stop()
    await eventually('all workers to end', () => !alive.some(isAlive), 30_000)
    assert.equal(await isListening(gateway.port), false)
    const { lost, doubled } = ledger.compare(delivered())
    assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] })
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
