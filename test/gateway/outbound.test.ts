import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { createMailLedger, idsIn, type MailLedger } from '../support/mail-ledger'
import { startSmtpServer, type Act, type TestSmtpServer } from '../support/smtp-server'

/** KILLS=100 for a long run. */
const KILLS = Number(process.env.KILLS ?? 6)
const CLIENTS = 4

describe('queued mail', function () {
  // Processes are killed and started again many times; a healthy run takes a quarter of this.
  this.timeout(120_000 + KILLS * 10_000)
  let first: TestSmtpServer
  let second: TestSmtpServer
  let gateway: Gateway
  let ledger: MailLedger
  let secondSays: () => Act = () => '250 2.0.0 Ok'

  before(async () => {
    first = await startSmtpServer()
    second = await startSmtpServer({ script: { message: () => secondSays() } })
    const at = ({ port }: TestSmtpServer) => ({ host: '127.0.0.1', port, tls: 'off', timeout: 10 })
    gateway = await startGateway({
      settings: {
        next_hops: {
          'first.example': at(first),
          'second.example': at(second),
          'stored.example': { maildir: 'maildir' },
        },
      },
      nodes: 2,
      files: { 'outbound.ini': 'temp_fail_intervals=5s*20\nreceived_header=disabled\n' },
      ownPlugins: {
        'end-in-order': `exports.hook_ehlo = (next, connection, host) => {
          if (host === 'exit-' + process.pid) process.exit(0)
          next()
        }`,
      },
      plugins: ['gateway/mail-core', 'end-in-order', 'gateway/next-hops'],
    })
    // A session that was just given to a dying worker stays silent.
    ledger = createMailLedger({ port: () => gateway.port, ip: '127.0.0.1', patienceMs: 3000 })
  })
  after(async () => {
    await gateway.stop()
    await first.close()
    await second.close()
  })
  afterEach(() => {
    secondSays = () => '250 2.0.0 Ok'
  })

  const files = (): string[] => readdirSync(join(gateway.dir, 'queue'))
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  const workers = (): number[] =>
    [...gateway.log().matchAll(/worker started worker=\d+ pid=(\d+)/g)]
      .map(([, pid]) => Number(pid))
      .filter(isAlive)
  /** The id of the message, if it was acknowledged. */
  const send = async (to: string[]): Promise<string | undefined> => {
    const { id, reply } = await ledger.send({ to })
    return reply.startsWith('250 ') ? id : undefined
  }
  const subjects = (messages: readonly (string | Buffer)[]): Set<string> => new Set(idsIn(messages))
  const missing = (acknowledged: ReadonlySet<string>, messages: readonly (string | Buffer)[]): string[] => {
    const there = subjects(messages)
    return [...acknowledged].filter((id) => !there.has(id))
  }

  it('survives kill -9 of its worker at any moment: nothing that was acknowledged is lost', async () => {
    let attempts = 0
    // Every seventh delivery has to be tried again.
    secondSays = () => (++attempts % 7 === 0 ? '451 4.3.0 Not now' : '250 2.0.0 Ok')
    const acknowledged = { everywhere: new Set<string>(), inline: new Set<string>() }
    let running = true
    let count = 0
    const load = async (): Promise<void> => {
      while (running) {
        const inline = ++count % 5 === 0
        const to = inline ? ['a@first.example'] : ['a@first.example', 'b@second.example', 'c@stored.example']
        const kind = inline ? acknowledged.inline : acknowledged.everywhere
        const id = await send(to)
        if (id !== undefined) kind.add(id)
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const clients = Array.from({ length: CLIENTS }, load)
    const total = (): number => acknowledged.everywhere.size + acknowledged.inline.size
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = total()
      await eventually('mail to be acknowledged', () => total() > before, 30_000)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
      const pids = workers()
      const victim = pids[Math.floor(Math.random() * pids.length)]
      if (victim !== undefined) process.kill(victim, 'SIGKILL')
    }
    running = false
    await Promise.all(clients)

    await eventually(
      'the queue to be empty',
      () => files().every((file) => file.startsWith('__tmp__')),
      60_000,
    )
    assert.ok(acknowledged.everywhere.size >= KILLS / 2)
    const { everywhere, inline } = acknowledged
    assert.deepEqual(missing(new Set([...everywhere, ...inline]), first.messages()), [])
    assert.deepEqual(missing(everywhere, second.messages()), [])
    assert.deepEqual(missing(everywhere, gateway.maildir()), [])
  })

  it('is taken over by another worker when its own has ended in order', async () => {
    secondSays = () => '451 4.3.0 Not now'
    const orphan = await eventually('mail to be taken', () => send(['a@first.example', 'b@second.example']))
    const file = await eventually('mail to be deferred', () =>
      files().find((name) => /^\d+_\d+_1_/.test(name)),
    )
    const owner = Number(file.split('_')[3])
    await eventually('its worker to end', async () => {
      const client = await gateway.client()
      await client.send(`EHLO exit-${owner}`)
      client.close()
      return !isAlive(owner)
    })
    secondSays = () => '250 2.0.0 Ok'
    await eventually(
      'the mail',
      () => subjects(second.messages()).has(orphan) && files().length === 0,
      30_000,
    )
  })
})
