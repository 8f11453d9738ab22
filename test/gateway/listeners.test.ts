import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually'
import { freePort } from '../support/free-port'
import { startGateway, type Gateway } from '../support/gateway'
import { connectSmtp, greetedSmtp, type SmtpClient } from '../support/smtp-client'

/** Answers with what only Haraka's inside knows: which worker it is, and how long it waits. */
const inside = `
exports.hook_vrfy = (next, connection) => next(OK, 'worker ' + process.pid + ' waits ' + connection.client._timeout)
exports.hook_noop = (next, connection) => { next(); connection.client.emit('timeout') }`

const nextHops = { 'example.com': { maildir: 'maildir' } }

describe('listeners, greeting and inactivity timeout', function () {
  this.timeout(60_000)
  let gateway: Gateway
  let blocker: Server | undefined
  const opened: SmtpClient[] = []

  const listen = (...other: number[]) => ({ listen: { address: '127.0.0.1', smtp: false, other } })
  const settings = (more: Record<string, unknown>): Record<string, unknown> => ({
    next_hops: nextHops,
    ...more,
  })
  const connectTo = async (port: number) => {
    const client = await greetedSmtp({ port, ip: '192.0.2.1' })
    opened.push(client)
    return client
  }
  /** A client that knocks in the moment a port closes may be left without any answer. */
  const answers = async (port: number): Promise<boolean> => {
    const client = connectSmtp({ port, ip: '192.0.2.1' })
    opened.push(client)
    const greeting = await Promise.race([client.reply(), sleep(3000, '')])
    return greeting.startsWith('220')
  }
  /** The workers behind a port; consecutive connections go to one after the other. */
  const workersAt = async (port: number): Promise<Set<string>> => {
    const workers = new Set<string>()
    for (let session = 0; session < 6; session++) {
      const client = await connectTo(port)
      workers.add(/worker (\d+)/.exec(await client.send('VRFY x'))?.[1] ?? 'none')
      client.close()
    }
    return workers
  }

  before(async () => {
    gateway = await startGateway({
      nodes: 2,
      plugins: ['inside', 'gateway/mail-core', 'gateway/next-hops'],
      ownPlugins: { inside },
      settings: settings({}),
    })
  })
  afterEach(() => {
    for (const client of opened.splice(0)) client.close()
    blocker?.close()
  })
  after(() => gateway.stop())

  it('open another port in every worker, and close it without ending its sessions', async () => {
    const more = await freePort()
    await gateway.changeSettings(settings(listen(gateway.port, more)))
    await eventually('both workers at the new port', async () => (await workersAt(more)).size === 2)
    const client = await connectTo(more)
    await gateway.changeSettings(settings({}))
    await eventually('the port to close', async () => !(await answers(more)))
    const reply = await client.sendMail({
      from: 'a@example.org',
      to: 'b@example.com',
      message: 'Subject: x\n\nx\n',
    })
    assert.match(reply, /^250/)
    assert.equal(await answers(gateway.port), true)
  })

  it('move to another port, and back', async () => {
    const other = await freePort()
    await gateway.changeSettings(settings(listen(other)))
    await eventually('the old port to close', async () => !(await answers(gateway.port)))
    await eventually('both workers at the new port', async () => (await workersAt(other)).size === 2)
    await gateway.changeSettings(settings({}))
    await eventually('both workers at the old port', async () => (await workersAt(gateway.port)).size === 2)
    assert.equal(await answers(other), false)
  })

  it('move from one address to all of them on the same port', async () => {
    await gateway.changeSettings(
      settings({ listen: { address: '0.0.0.0', smtp: false, other: [gateway.port] } }),
    )
    await gateway.logged(new RegExp(`listening on 0\\.0\\.0\\.0:${gateway.port}`))
    await eventually('both workers', async () => (await workersAt(gateway.port)).size === 2)
    await gateway.changeSettings(settings({}))
    await eventually('the other address to close', async () => {
      const client = await greetedSmtp({ port: gateway.port, host: '127.0.0.2', localAddress: '127.0.0.2' })
      client.close()
      return !client.greeting.startsWith('220')
    })
    await eventually('both workers', async () => (await workersAt(gateway.port)).size === 2)
  })

  it('keep the others when a port is in use, say so, and open it when it becomes free', async () => {
    blocker = createServer()
    await new Promise<void>((resolve) => blocker?.listen(0, '127.0.0.1', resolve))
    const taken = (blocker.address() as AddressInfo).port
    const free = await freePort()
    await gateway.changeSettings(settings(listen(gateway.port, taken, free)))
    await gateway.logged(
      new RegExp(`ERROR.*cannot listen on 127\\.0\\.0\\.1:${taken}: port ${taken} is in use`),
    )
    await eventually('the free port', () => answers(free))
    assert.equal(await answers(gateway.port), true)
    blocker.close()
    await eventually('the port that became free', async () => (await workersAt(taken)).size === 2)
    await gateway.changeSettings(settings({}))
  })

  it('say which address this machine does not have', async () => {
    await gateway.changeSettings(
      settings({ listen: { address: '203.0.113.1', smtp: false, other: [gateway.port] } }),
    )
    await gateway.logged(/cannot listen on 203\.0\.113\.1:\d+: this machine has no address 203\.0\.113\.1/)
    await gateway.changeSettings(settings({}))
    await eventually('the port to open again', () => answers(gateway.port))
  })

  it('greet as set at once, and by default again', async () => {
    await gateway.changeSettings(settings({ greeting: ['No spam', 'second line'] }))
    const client = await connectTo(gateway.port)
    assert.match(client.greeting, /^220-mx\.gateway\.test ESMTP No spam \([0-9A-F-]{6}\)\n220 second line$/)
    await gateway.changeSettings(settings({}))
    assert.match((await connectTo(gateway.port)).greeting, /^220 mx\.gateway\.test ESMTP Haraka ready \(/)
  })

  it('wait as long as set, in new and in open sessions, and end with 421', async () => {
    const client = await connectTo(gateway.port)
    assert.match(await client.send('VRFY x'), /waits 300000$/)
    await gateway.changeSettings(settings({ inactivity_timeout: 77 }))
    assert.match(await client.send('VRFY x'), /waits 77000$/)
    assert.match(await (await connectTo(gateway.port)).send('VRFY x'), /waits 77000$/)
    await client.send('NOOP')
    assert.match(await client.reply(), /^421 timeout$/)
    await client.closed()
    await gateway.changeSettings(settings({}))
  })

  it('survive a worker that dies: the one that takes its place listens, with the settings in force', async () => {
    const more = await freePort()
    await gateway.changeSettings(settings({ ...listen(gateway.port, more), greeting: ['after the crash'] }))
    const before = await eventually('both workers', async () => {
      const workers = await workersAt(more)
      return workers.size === 2 ? workers : undefined
    })
    const [victim = ''] = before
    process.kill(Number(victim), 'SIGKILL')
    // Until the master knows, it hands sessions to the dead worker too.
    await gateway.logged(/killed by signal SIGKILL/)
    const after = await eventually('two workers without the dead one', async () => {
      const workers = await workersAt(more)
      return workers.size === 2 && !workers.has(victim) ? workers : undefined
    })
    assert.notDeepEqual(after, before)
    for (let session = 0; session < 4; session++) {
      assert.match((await connectTo(gateway.port)).greeting, /after the crash/)
    }
  })
})
