import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server } from 'node:net'
import type { Endpoint } from '../../plugins/lib/haraka/endpoints'
import { createListeners } from '../../plugins/mail-core/listeners'
import { silentLog } from '../../plugins/lib/log'
import { eventually } from '../support/eventually'
import { freePort, isListening } from '../support/free-port'

const at = (port: number): Endpoint => ({ host: '127.0.0.1', port })

describe('SMTP listeners', () => {
  const errors: string[] = []
  const make = () =>
    createListeners({
      createServer: () => Promise.resolve(createServer((socket) => socket.destroy())),
      onClosed: () => undefined,
      claim: () => Promise.resolve(),
      release: () => undefined,
      log: { ...silentLog, error: (line) => errors.push(line) },
      retryMs: 20,
    })
  let blocker: Server | undefined

  beforeEach(() => (errors.length = 0))
  afterEach(() => blocker?.close())

  it('open, close and move as they are wanted', async () => {
    const listeners = make()
    const [first, second] = [await freePort(), await freePort()]
    await listeners.apply([at(first)])
    assert.equal(await isListening(first), true)
    await listeners.apply([at(second)])
    assert.equal(await isListening(first), false)
    assert.equal(await isListening(second), true)
    listeners.close()
    assert.equal(await isListening(second), false)
  })

  it('keep the others when a port is in use, say so once, and open it when it becomes free', async () => {
    blocker = createServer()
    await new Promise<void>((resolve) => blocker?.listen(0, '127.0.0.1', resolve))
    const taken = (blocker.address() as AddressInfo).port
    const free = await freePort()
    const listeners = make()
    await listeners.apply([at(taken), at(free)])
    assert.equal(await isListening(free), true)
    await eventually('the error', () => errors.length > 0)
    assert.match(
      errors.join('\n'),
      new RegExp(`cannot listen on 127\\.0\\.0\\.1:${taken}: port ${taken} is in use`),
    )
    blocker.close()
    await eventually('the port to open', () => listeners.states().every(({ kind }) => kind === 'open'))
    assert.equal(errors.length, 1)
    listeners.close()
  })
})
