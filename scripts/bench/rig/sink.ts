/** A next hop that takes everything and keeps nothing, in a process of its own. */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { serveOrders } from './program'

export interface SinkCounts {
  readonly messages: number
  readonly recipients: number
  readonly sessions: number
}

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: '250-sink.test\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n',
  HELO: '250 sink.test\r\n',
  MAIL: '250 2.1.0 Ok\r\n',
  RCPT: '250 2.1.5 Ok\r\n',
  DATA: '354 Go on\r\n',
  RSET: '250 2.0.0 Ok\r\n',
  QUIT: '221 2.0.0 Bye\r\n',
}
const END = Buffer.from('\r\n.\r\n')

const counts = { messages: 0, recipients: 0, sessions: 0 }

function serve(socket: Socket): void {
  counts.sessions++
  let line = ''
  let tail: Buffer | undefined
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    if (tail) readMessage(chunk)
    else readCommands(chunk)
  })
  const readMessage = (chunk: Buffer): void => {
    // Nobody pipelines behind the final dot here, so it stands at the end.
    tail = Buffer.concat([tail ?? Buffer.alloc(0), chunk.subarray(-END.length)]).subarray(-END.length)
    if (!tail.equals(END)) return
    tail = undefined
    counts.messages++
    socket.write('250 2.0.0 Taken\r\n')
  }
  const readCommands = (chunk: Buffer): void => {
    const lines = `${line}${chunk.toString('latin1')}`.split('\n')
    line = lines.pop() ?? ''
    for (const command of lines) {
      const verb = command.slice(0, 4).toUpperCase()
      if (verb === 'DATA') tail = Buffer.from('\r\n')
      if (verb === 'RCPT') counts.recipients++
      socket.write(REPLIES[verb] ?? '500 5.5.2 What?\r\n')
      if (verb === 'QUIT') socket.end()
    }
  }
  socket.write('220 sink.test ESMTP\r\n')
}

const server = createServer(serve)

serveOrders(async (order: 'listen' | 'counts') => {
  if (order === 'counts') return { ...counts }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve))
  return (server.address() as AddressInfo).port
})
