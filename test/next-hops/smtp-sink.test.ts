import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { systemClock } from '../../plugins/lib/clock'
import { silentLog } from '../../plugins/lib/log'
import { createConnector } from '../../plugins/next-hops/connector'
import { openForwarding } from '../../plugins/next-hops/forward'
import { createHostMemory } from '../../plugins/next-hops/hosts'
import { eventually } from '../support/eventually'
import { freePort, isListening } from '../support/free-port'

const SMTP_SINK = ['/usr/sbin/smtp-sink', 'smtp-sink'].find((path) => !spawnSync(path, []).error)

/** Postfix's own test server at the other end: another mind's idea of SMTP. */
describe('Forwarding to Postfix’s smtp-sink', () => {
  let folder: string
  let sink: ChildProcess | undefined

  before(function () {
    if (SMTP_SINK) return
    if (process.env.CI === 'true') throw new Error('smtp-sink is missing: install the Debian package postfix')
    this.skip()
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'smtp-sink-test-'))
    chmodSync(folder, 0o777)
  })
  afterEach(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const stop = async (): Promise<void> => {
    const child = sink
    sink = undefined
    if (child && child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill('SIGKILL')
      })
    }
  }

  const start = async (...options: string[]): Promise<number> => {
    const port = await freePort()
    // It does not run as root.
    if (process.getuid?.() === 0) options.push('-u', 'nobody')
    sink = spawn(SMTP_SINK ?? '', [...options, '-d', 'message.', `127.0.0.1:${port}`, '100'], { cwd: folder })
    await eventually('smtp-sink to listen', () => isListening(port))
    return port
  }
  const send = async (port: number, message: string): Promise<string> => {
    const nextHop = { host: '127.0.0.1', port, tls: 'opportunistic', timeout: 5, queue: false } as const
    const memory = createHostMemory(systemClock, silentLog)
    const connect = createConnector({ nextHop, password: undefined, helloName: 'gateway.test', memory })
    const delivery = openForwarding('sink', { sender: 'anna@example.org', size: 100 }, connect, silentLog)
    const recipient = 'bert@example.com'
    let answer = await delivery.addRecipient(recipient)
    if (answer.kind === 'accepted') {
      answer = await delivery.deliver(Readable.from([Buffer.from(`${message}.\r\n`)]), [recipient])
    }
    delivery.close()
    return answer.kind === 'accepted' ? 'accepted' : `${answer.reply.code} ${answer.reply.enhanced}`
  }

  it('delivers a message with dots as it was', async () => {
    const port = await start()
    assert.equal(await send(port, 'Subject: dots\r\n\r\n..\r\n..dot\r\nend\r\n'), 'accepted')
    const name = await eventually('the message', () => readdirSync(folder)[0])
    assert.match(readFileSync(join(folder, name), 'utf8'), /Subject: dots\n\n\.\n\.dot\nend\n/)
  })

  it('delivers to a server that knows HELO only', async () => {
    assert.equal(await send(await start('-e'), 'Subject: x\r\n\r\nbody\r\n'), 'accepted')
  })

  for (const command of ['MAIL', 'RCPT', 'DATA', '.']) {
    it(`passes on its refusals of ${command}`, async () => {
      assert.equal(await send(await start('-r', command), 'x: y\r\n\r\n'), '450 4.3.0')
      await stop()
      assert.equal(await send(await start('-B', '550 5.7.1 No', '-f', command), 'x: y\r\n\r\n'), '550 5.7.1')
    })
    it(`defers when it hangs up at ${command}`, async () => {
      assert.equal(await send(await start('-q', command), 'x: y\r\n\r\n'), '451 4.4.2')
    })
  }
})
