import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once, type EventEmitter } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * Below the ports that the system gives to outgoing connections, and at random: files run in parallel, and what was
 * free a moment ago must still be so when a server starts.
 */
const firstPort = 10_240
const lastPort = 32_000

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await isBound(server, 'listening')
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/** A UDP port on loopback that was free a moment ago. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort)
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1')
    const isFree = await isBound(socket, 'listening')
    if (!isFree) continue
    socket.close()
    await once(socket, 'close')
    return port
  }
}

const isBound = (server: EventEmitter, event: string): Promise<boolean> =>
  once(server, event).then(
    () => true,
    () => false,
  )

/** Whether somebody accepts connections on a port of loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
