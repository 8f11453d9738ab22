import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6, type AddressInfo } from 'node:net'
import { createRandomIds } from './random-ids'
import type { ServerAddress } from './server-address'

/** Several sockets per server: random source ports (RFC 5452), and bursts spread over their buffers. */
const poolSize = 4
/** 800 newsletters lost 12,482 datagrams to the default buffers. */
const receiveBufferBytes = 1024 * 1024
/** A socket is replaced by one on another port after so many queries or so long. */
const maxQueries = 10_000
const maxAgeMs = 60_000

export interface Datagram {
  encode(id: number): Buffer
  /** Takes an answer with the right id from the right server; false: it is none, go on waiting. */
  accept(message: Buffer): boolean
  /** The system says that the server cannot be reached; an answer may still come. */
  readonly onError: (error: Error) => void
}

export interface UdpPool {
  /** Sends, and waits for the answer until it is accepted or the returned function is called. */
  send(datagram: Datagram): () => void
  /** Nothing that is waited for will come any more. */
  readonly close: () => void
}

interface Port {
  readonly socket: Socket
  readonly waiting: Map<number, Datagram>
  /** Until the socket is connected. */
  unsent: Buffer[] | undefined
  /** The server, once the socket is connected to it. */
  peer: AddressInfo | undefined
  readonly openedAt: number
  queries: number
  /** One for all queries: who has failed to go out does not matter, for those that wait are asked again. */
  readonly onSent: (error: Error | null) => void
  /** Sends nothing more, closes with the last answer. */
  retired: boolean
  closed: boolean
}

const nextRandomId = createRandomIds()

export function createUdpPool(server: ServerAddress, onIgnored: () => void): UdpPool {
  const ports = new Array<Port | undefined>(poolSize)
  /** With those that only wait for their last answers. */
  const open = new Set<Port>()

  function choosePort(): Port {
    const slot = nextRandomId() % poolSize
    const current = ports[slot]
    if (current && !current.retired) {
      if (current.queries < maxQueries && performance.now() - current.openedAt < maxAgeMs) return current
      retire(current)
    }
    const opened = openPort(server, onIgnored)
    ports[slot] = opened
    open.add(opened)
    opened.socket.on('close', () => open.delete(opened))
    return opened
  }

  return {
    send(datagram) {
      const port = choosePort()
      const id = freeId(port)
      port.waiting.set(id, datagram)
      port.queries += 1
      transmit(port, datagram.encode(id))
      return () => {
        if (port.waiting.get(id) !== datagram) return
        port.waiting.delete(id)
        closeWhenDone(port)
      }
    },
    close() {
      for (const port of open) {
        port.waiting.clear()
        retire(port)
      }
    },
  }
}

function openPort(server: ServerAddress, onIgnored: () => void): Port {
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4')
  const port: Port = {
    socket,
    waiting: new Map(),
    unsent: [],
    peer: undefined,
    openedAt: performance.now(),
    queries: 0,
    retired: false,
    closed: false,
    onSent: (error) => {
      if (error) tellAll(port, error)
    },
  }
  socket.unref()
  socket.on('message', (message, from) => {
    if (!receive(port, message, from)) onIgnored()
  })
  socket.on('error', (error) => {
    // Not bound or not connected: of no use. Otherwise an ICMP error, and the socket goes on.
    if (port.unsent) retire(port)
    tellAll(port, error)
  })
  socket.on('listening', () => {
    enlargeBuffer(socket)
    if (!port.retired) socket.connect(server.port, server.host)
  })
  socket.on('connect', () => {
    const unsent = port.unsent ?? []
    port.unsent = undefined
    port.peer = socket.remoteAddress()
    for (const query of unsent) transmit(port, query)
  })
  // A port chosen by the system is random (RFC 6056).
  // Exclusive: workers of a cluster would share one socket and take each other's answers.
  socket.bind({ port: 0, exclusive: true })
  return port
}

function tellAll(port: Port, error: Error) {
  for (const datagram of [...port.waiting.values()]) datagram.onError(error)
}

function transmit(port: Port, query: Buffer) {
  if (port.unsent) {
    port.unsent.push(query)
    return
  }
  if (port.retired) return
  port.socket.send(query, port.onSent)
}

function receive(port: Port, message: Buffer, from: RemoteInfo): boolean {
  // The socket is connected, but what came before that is from anyone.
  if (from.port !== port.peer?.port || from.address !== port.peer.address || message.length < 2) return false
  const id = message.readUInt16BE(0)
  const datagram = port.waiting.get(id)
  if (!datagram) return false
  port.waiting.delete(id)
  const isAccepted = datagram.accept(message)
  if (isAccepted) closeWhenDone(port)
  else port.waiting.set(id, datagram)
  return isAccepted
}

function retire(port: Port) {
  port.retired = true
  closeWhenDone(port)
}

function closeWhenDone(port: Port) {
  if (!port.retired || port.closed || port.waiting.size > 0) return
  port.closed = true
  port.socket.close()
}

function freeId(port: Port): number {
  for (;;) {
    const id = nextRandomId()
    if (!port.waiting.has(id)) return id
  }
}

function enlargeBuffer(socket: Socket) {
  try {
    socket.setRecvBufferSize(receiveBufferBytes)
  } catch {
    // The system's own size will have to do.
  }
}
