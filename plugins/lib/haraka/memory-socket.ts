import { Duplex } from 'node:stream'

/** The client's end of a session that needs no network. */
export interface MemorySocket {
  /** What Haraka takes for its socket. */
  readonly socket: Duplex
  /** Sends bytes as a network would: in pieces, and only when they are taken. */
  send(bytes: Buffer): Promise<void>
  /** The next reply, lines joined by a line feed; undefined when the session has ended. */
  reply(): Promise<string | undefined>
  readonly close: () => void
}

export interface SocketAddresses {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

const PIECE_BYTES = 65_536

export function createMemorySocket(addresses: SocketAddresses): MemorySocket {
  const replies = createReplies()
  let wanted: (() => void) | undefined
  const socket = new Duplex({
    read() {
      wanted?.()
    },
    write(chunk: Buffer, _encoding, done) {
      replies.add(chunk.toString())
      done()
    },
    final(done) {
      replies.end()
      done()
    },
    destroy(error, done) {
      replies.end()
      wanted?.()
      done(error)
    },
  })
  Object.assign(socket, addresses, {
    setTimeout: () => socket,
    setKeepAlive: () => socket,
    // Haraka would wait for a PROXY line of a client that may send one.
    haraka_smtps: { peer_allowed: true },
  })
  return {
    socket,
    async send(bytes) {
      for (let at = 0; at < bytes.length && !socket.destroyed; at += PIECE_BYTES) {
        const isTaken = socket.push(bytes.subarray(at, at + PIECE_BYTES))
        // Other sessions of this process have their turn between two pieces.
        await new Promise<void>((resolve) => {
          if (isTaken) setImmediate(resolve)
          else wanted = resolve
        })
        wanted = undefined
      }
    },
    reply: replies.next,
    close: () => socket.destroy(),
  }
}

/** Puts the lines of replies together, and hands them to whoever waits. */
function createReplies() {
  const ready: string[] = []
  const waiting: ((reply: string | undefined) => void)[] = []
  let lines: string[] = []
  let hasEnded = false
  const addLine = (line: string): void => {
    lines.push(line)
    if (/^\d{3}-/.test(line)) return
    const reply = lines.join('\n')
    lines = []
    const waiter = waiting.shift()
    if (waiter) waiter(reply)
    else ready.push(reply)
  }
  return {
    // Haraka writes whole lines.
    add(text: string): void {
      for (const line of text.trimEnd().split('\r\n')) addLine(line)
    },
    end(): void {
      hasEnded = true
      for (const waiter of waiting.splice(0)) waiter(undefined)
    },
    next: (): Promise<string | undefined> => {
      const reply = ready.shift()
      if (reply !== undefined || hasEnded) return Promise.resolve(reply)
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
