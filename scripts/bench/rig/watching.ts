/** Those who look on, in a process of their own: they take what comes, and do nothing with it. */
import { connect, type Socket } from 'node:net'
import { serveOrders } from './program'

export interface WatchingOrder {
  readonly port: number
  /** Below /gateway/api/v1. */
  readonly path: string
  readonly cookie: string
  /** How many there are from now on. */
  readonly streams: number
}

/** Since the order before. */
export interface WatchingCounts {
  readonly bytes: number
  readonly streams: number
}

const open = new Set<Socket>()
let bytes = 0

async function watch({ streams, ...where }: WatchingOrder): Promise<WatchingCounts> {
  const counts = { bytes, streams: open.size }
  for (const socket of [...open].slice(streams)) {
    socket.destroy()
    open.delete(socket)
  }
  while (open.size < streams) await add(where)
  bytes = 0
  return counts
}

function add({ port, path, cookie }: Omit<WatchingOrder, 'streams'>): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `GET /gateway/api/v1${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nAccept: text/event-stream\r\n\r\n`,
  )
  open.add(socket)
  socket.on('data', (chunk) => (bytes += chunk.length))
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => {
      if (chunk.toString().startsWith('HTTP/1.1 200')) resolve()
      else reject(new Error(chunk.toString().slice(0, 200)))
    })
    socket.once('error', reject)
    socket.once('close', () => {
      if (open.delete(socket)) throw new Error('a stream ended')
    })
  })
}

serveOrders((order: WatchingOrder) => watch(order))
