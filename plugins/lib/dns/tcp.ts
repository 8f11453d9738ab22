import { connect } from 'node:net'
import type { ServerAddress } from './server-address'

const lengthBytes = 2

export interface TcpListener {
  /** One whole message. */
  onMessage(message: Buffer): void
  onError(): void
}

/** Sends one query; the returned function gives it up. */
export type AskByTcp = (query: Buffer, listener: TcpListener) => () => void

/** Asks one server over TCP (RFC 7766) with so many connections at most; each is for one query. */
export function createTcp(server: ServerAddress, maxConnections: number): AskByTcp {
  let connections = 0
  return (query, listener) => {
    if (connections >= maxConnections) {
      listener.onError()
      return () => undefined
    }
    connections += 1
    const socket = connect(server.port, server.host)
    let isDone = false
    function finish() {
      if (isDone) return false
      isDone = true
      connections -= 1
      socket.destroy()
      return true
    }
    socket.unref()
    socket.write(frame(query))
    const receive = createFrameReader()
    socket.on('data', (chunk) => {
      const message = receive(chunk)
      if (message && finish()) listener.onMessage(message)
    })
    socket.on('error', () => {
      if (finish()) listener.onError()
    })
    socket.on('close', () => {
      if (finish()) listener.onError()
    })
    return finish
  }
}

function frame(message: Buffer): Buffer {
  const length = Buffer.allocUnsafe(lengthBytes)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** Collects bytes until the message that its first two bytes announce is whole. */
function createFrameReader(): (chunk: Buffer) => Buffer | undefined {
  const received = Buffer.allocUnsafe(lengthBytes + 0xffff)
  let length = 0
  return (chunk) => {
    length += chunk.copy(received, length)
    if (length < lengthBytes) return undefined
    const end = lengthBytes + received.readUInt16BE(0)
    return length >= end ? received.subarray(lengthBytes, end) : undefined
  }
}
