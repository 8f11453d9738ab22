import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Spectator } from '../../plugins/status/audience'
import { openEventStream, type EventStreamOptions } from '../../plugins/status/event-stream'
import { eventually } from '../support/eventually'

const GAP = 'event: gap\ndata: {}\n\n'

describe('an event stream', () => {
  let server: Server
  let spectators: Spectator[]
  let responses: ServerResponse[]
  let options: EventStreamOptions
  let isFull: boolean
  let client: Socket
  let heard: string

  beforeEach(async () => {
    spectators = []
    responses = []
    isFull = false
    options = { interest: 'full', isBack: false, isAllowed: () => true }
    server = createServer((_request, response) => {
      responses.push(response)
      openEventStream(
        response,
        {
          add: (spectator) => !isFull && spectators.push(spectator) > 0,
          remove: (spectator) => (spectators = spectators.filter((each) => each !== spectator)),
          close: () => undefined,
        },
        options,
      )
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    heard = ''
  })
  afterEach(() => {
    client.destroy()
    server.close()
    server.closeAllConnections()
  })

  const open = async (): Promise<Spectator> => {
    client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.on('data', (chunk) => (heard += chunk.toString()))
    client.on('error', () => undefined)
    client.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return eventually('the stream', () => (heard.includes('retry: 2000\n\n') ? spectators[0] : undefined))
  }
  const waiting = (): number => responses[0]?.writableLength ?? 0

  it('passes on what is told, byte for byte, and is forgotten when the client leaves', async () => {
    const spectator = await open()
    spectator.write(Buffer.from('event: one\n\n'))
    spectator.write(Buffer.from('event: two\n\n'))
    await eventually('both', () => heard.endsWith('\r\n\r\nretry: 2000\n\nevent: one\n\nevent: two\n\n'))
    assert.match(heard, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(heard, /content-type: text\/event-stream/i)
    client.destroy()
    await eventually('it to be forgotten', () => spectators.length === 0)
  })

  it('says that there was a gap to who was here before', async () => {
    options = { ...options, isBack: true }
    await open()
    await eventually('the gap', () => heard.endsWith(`retry: 2000\n\n${GAP}`))
  })

  it('tells a slow client nothing until it has taken what waits, and then of the gap', async () => {
    const spectator = await open()
    client.pause()
    const frame = Buffer.from(`:${'x'.repeat(60_000)}\n\n`)
    const last = Buffer.from('event: last\n\n')
    for (let nth = 0; nth < 1000; nth++) {
      spectator.write(frame)
      await new Promise(setImmediate)
    }
    assert.ok(waiting() > 0 && waiting() < 200_000, `${waiting()} bytes wait`)
    client.resume()
    await eventually('all to be taken', () => waiting() === 0)
    spectator.write(last)
    spectator.write(last)
    await eventually('the gap', () => heard.endsWith(`${GAP}${last.toString()}${last.toString()}`))
    assert.equal(heard.split(GAP).length, 2)
  })

  it('ends for a client that takes nothing from one beat to the next, and lives when it is quiet', async () => {
    const spectator = await open()
    for (const signs of [':\n\n', ':\n\n:\n\n']) {
      spectator.beat()
      await eventually('a sign of life', () => heard.endsWith(`retry: 2000\n\n${signs}`))
    }
    client.pause()
    while (waiting() === 0) {
      spectator.write(Buffer.alloc(60_000))
      await new Promise(setImmediate)
    }
    spectator.beat()
    assert.equal(responses[0]?.destroyed, false)
    spectator.beat()
    assert.equal(responses[0].destroyed, true)
  })

  it('ends when the client may not look on any more', async () => {
    let isAllowed = true
    options = { ...options, isAllowed: () => isAllowed }
    const spectator = await open()
    isAllowed = false
    spectator.beat()
    await once(client, 'close')
    await eventually('it to be forgotten', () => spectators.length === 0)
  })

  it('is refused when there are too many', async () => {
    isFull = true
    client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.on('data', (chunk) => (heard += chunk.toString()))
    client.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await eventually('the answer', () => heard.includes('too many people look on'))
    assert.match(heard, /^HTTP\/1\.1 503 /)
    assert.match(heard, /retry-after: 30/i)
  })
})
