import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** What a Redis does that is there, and of no use. */
export type RedisFault = 'none' | 'slow' | 'hanging' | 'garbage'

export interface RedisProxy {
  readonly url: string
  setFault(fault: RedisFault): void
  close(): void
}

/** Longer than anybody waits for a command. */
const SLOW_MS = 3000

/** A way to a Redis on which things go wrong. */
export async function startRedisProxy(port: number): Promise<RedisProxy> {
  let fault: RedisFault = 'none'
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const pass = (chunk: Buffer, to: Socket): void => {
    switch (fault) {
      case 'none':
        to.write(chunk)
        return
      case 'slow':
        setTimeout(() => to.write(chunk), SLOW_MS)
        return
      case 'garbage':
        to.write('HTTP/1.1 400 Bad Request\r\n\r\n')
        return
      case 'hanging':
    }
  }
  const server = createServer((client) => {
    track(client)
    const redis = connect(port, '127.0.0.1')
    track(redis)
    client.on('data', (chunk) => redis.write(chunk)).on('close', () => redis.destroy())
    redis
      .on('data', (chunk) => {
        pass(chunk, client)
      })
      .on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFault(next) {
      fault = next
      // What was held back is lost, and nothing that comes after it would be understood.
      if (next === 'none') for (const socket of sockets) socket.destroy()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
