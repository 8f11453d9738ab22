import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once, setMaxListeners } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  decodeQuery,
  encodeReply,
  encodeTruncated,
  type DecodedQuery,
  type Reply,
  type ReplyRecord,
} from './dns-message'

export type { Reply, ReplyRecord } from './dns-message'

export interface DnsQuery {
  /** As sent, without the trailing dot; `.` is the root (a client's check question). */
  readonly name: string
  /** `A`, `NS`, ... or `TYPE64`. */
  readonly type: string
  readonly transport: 'udp' | 'tcp'
  /** The query carries an OPT record (RFC 6891). */
  readonly edns: boolean
  /** Port the query came from. */
  readonly clientPort: number
}

/** Several replies are sent one after the other, each after its own delay. */
export type DnsHandler = (query: DnsQuery) => Reply | readonly Reply[] | Promise<Reply | readonly Reply[]>

export interface DnsServer {
  readonly port: number
  /** `127.0.0.1:PORT`, as `dns.servers` wants it. */
  readonly address: string
  /** Every query seen, in order. */
  readonly queries: DnsQuery[]
  setHandler(handler: DnsHandler): void
  close(): Promise<void>
}

export interface DnsServerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default: a free one. Give the old one to bring a closed server back. */
  readonly port?: number
}

/** A DNS server that says what the test wants it to say, over UDP and TCP on one port. */
export async function createDnsServer(
  handler: DnsHandler,
  { host = '127.0.0.1', port: wantedPort = 0 }: DnsServerOptions = {},
): Promise<DnsServer> {
  const { udp, tcp, port } = await bindBoth(host, wantedPort)
  const queries: DnsQuery[] = []
  const connections = new Set<Socket>()
  const stop = new AbortController()
  // One for each reply that waits.
  setMaxListeners(0, stop.signal)

  async function answer(decoded: DecodedQuery, transport: 'udp' | 'tcp', clientPort: number, send: Send) {
    const { name, type, edns } = decoded
    const query: DnsQuery = { name, type, edns, transport, clientPort }
    queries.push(query)
    const said = await handler(query)
    for (const reply of isList(said) ? said : [said]) {
      if (reply.delayMs) await sleep(reply.delayMs, undefined, { signal: stop.signal })
      if (!reply.drop && !stop.signal.aborted) send(reply, decoded)
    }
  }

  udp.on('message', (message, from) => {
    const query = decodeQuery(message)
    if (query) answer(query, 'udp', from.port, sendByUdp(udp, from)).catch(ignoreAbort)
  })
  tcp.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket)).on('error', () => socket.destroy())
    readFrames(socket, (message) => {
      const query = decodeQuery(message)
      if (query) answer(query, 'tcp', socket.remotePort ?? 0, sendByTcp(socket)).catch(ignoreAbort)
    })
  })

  return {
    port,
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    queries,
    setHandler: (next) => {
      handler = next
    },
    close: async () => {
      if (stop.signal.aborted) return
      stop.abort()
      for (const connection of connections) connection.destroy()
      const closed = [once(udp, 'close'), once(tcp, 'close')]
      udp.close()
      tcp.close()
      await Promise.all(closed)
    },
  }
}

/**
 * A handler that serves a list zone: `{ '2.0.0.127.bl.test': ['127.0.0.2'] }`.
 * Strings are A or AAAA records by their form; names that are not there get NXDOMAIN with a SOA.
 */
export function zone(
  entries: Readonly<Record<string, readonly (string | ReplyRecord)[]>>,
  { ttl = 300, negativeTtl = 60 }: { ttl?: number; negativeTtl?: number } = {},
): DnsHandler {
  const names = new Map(Object.entries(entries).map(([name, records]) => [name.toLowerCase(), records]))
  const soa = { ttl: negativeTtl, minimum: negativeTtl }
  return ({ name, type }) => {
    const entry = names.get(name.toLowerCase())
    if (!entry) return { rcode: 'NXDOMAIN', soa }
    const answers = entry
      .map((record): ReplyRecord => (typeof record === 'string' ? address(record, ttl) : record))
      .filter((record) => record.type === type || record.type === 'CNAME')
    return answers.length > 0 ? { answers } : { soa }
  }
}

function address(value: string, ttl: number): ReplyRecord {
  return { type: value.includes(':') ? 'AAAA' : 'A', value, ttl }
}

type Send = (reply: Reply, query: DecodedQuery) => void

function sendByUdp(udp: UdpSocket, to: RemoteInfo): Send {
  return (reply, query) => {
    let message = encodeReply(reply, query)
    if (reply.truncate || (!reply.garbage && message.length > query.maxBytes))
      message = encodeTruncated(query)
    if (!reply.fromOtherPort) {
      udp.send(message, to.port, to.address)
      return
    }
    const other = createSocket(to.family === 'IPv6' ? 'udp6' : 'udp4')
    other.send(message, to.port, to.address, () => other.close())
  }
}

function sendByTcp(socket: Socket): Send {
  return (reply, query) => {
    const message = encodeReply(reply, query)
    const frame = Buffer.alloc(2 + message.length)
    frame.writeUInt16BE(message.length, 0)
    message.copy(frame, 2)
    if (!socket.destroyed) socket.write(frame)
  }
}

function readFrames(socket: Socket, onMessage: (message: Buffer) => void) {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      onMessage(received.subarray(2, end))
      received = received.subarray(end)
    }
  })
}

async function bindBoth(host: string, wantedPort: number) {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer()
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    try {
      const port = await listen(tcp, host, wantedPort)
      await bind(udp, host, port)
      return { udp, tcp, port }
    } catch (error) {
      tcp.close()
      udp.close()
      // The port that is free for TCP may be taken for UDP.
      if (attempt === 20) throw error
      await sleep(20)
    }
  }
}

async function listen(tcp: Server, host: string, port: number) {
  tcp.listen(port, host)
  await once(tcp, 'listening')
  const bound = tcp.address()
  if (bound === null || typeof bound === 'string') throw new Error('not listening on a port')
  return bound.port
}

async function bind(udp: UdpSocket, host: string, port: number) {
  udp.bind(port, host)
  await once(udp, 'listening')
}

function isList(said: Reply | readonly Reply[]): said is readonly Reply[] {
  return Array.isArray(said)
}

function ignoreAbort(error: unknown) {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error
}
