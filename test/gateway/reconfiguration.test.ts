import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestCertificate } from '../support/certificate'
import { freePort } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'

/** RECONFIGURATIONS=50 for a long run. */
const rounds = Number(process.env.RECONFIGURATIONS ?? 5)
const PAUSE_MS = 50

describe('listeners, limits and certificate that change under load', function () {
  this.timeout(rounds * 4000 + 30_000)
  let gateway: Gateway
  const lists = ['gateway/mail-core', 'gateway/size-limits', 'gateway/next-hops']

  before(async () => {
    const settings = { next_hops: { 'here.net': { maildir: 'maildir' } } }
    gateway = await startGateway({ nodes: 2, plugins: lists, settings })
  })
  after(() => gateway.stop())

  it('fail no session, lose nothing and double nothing', async () => {
    const other = await freePort()
    const sent: Promise<string>[] = []
    const over = new AbortController()
    const load = (async () => {
      while (!over.signal.aborted) {
        sent.push(send(sent.length))
        await sleep(PAUSE_MS)
      }
    })()

    for (let round = 0; round < rounds; round++) {
      const { key, certificate } = createTestCertificate(['mx.gateway.test'])
      gateway.writeConfig('tls.pem', key + certificate)
      await gateway.changeSettings({
        listen: {
          address: '127.0.0.1',
          smtp: false,
          other: round % 2 ? [gateway.port] : [gateway.port, other],
        },
        tls: { certificate: round % 3 ? 'tls.pem' : '' },
        greeting: [`Round ${round}`],
        message_size: { limit: 100_000 + round },
        next_hops: { 'here.net': { maildir: 'maildir' } },
      })
    }
    over.abort()
    await load

    for (const reply of await Promise.all(sent)) assert.match(reply, /^250 /)
    const delivered = gateway.maildir().map((text) => Number(/^X-Number: (\d+)$/m.exec(text)?.[1]))
    assert.deepEqual(
      delivered.sort((a, b) => a - b),
      sent.map((_, number) => number),
    )
  })

  async function send(number: number): Promise<string> {
    const client = await gateway.client()
    const message = `From: anna@friendly.net\nX-Number: ${number}\n\nHello\n`
    const reply = await client.sendMail({ from: 'anna@friendly.net', to: 'bob@here.net', message })
    client.close()
    return reply
  }
})
