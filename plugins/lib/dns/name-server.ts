import { decodeReply, encodeQuery, type Question, type Reply } from './codec'
import { createRandomIds } from './random-ids'
import { formatServer, type ServerAddress } from './server-address'
import { createTcp } from './tcp'
import { createUdpPool } from './udp-pool'

/** TCP connections to one server at once; each is one truncated answer. */
const maxTcpConnections = 100

export type FinalReply =
  | Exclude<Reply, { readonly kind: 'truncated' }>
  /** The system says that the server cannot be reached; an answer may still come. */
  | { readonly kind: 'error' }

export interface NameServer {
  /** `127.0.0.1:53` */
  readonly address: string
  readonly stats: Readonly<ServerStats>
  /** Sends once and waits until the reply comes or the returned function is called. */
  ask(question: Question, onReply: (reply: FinalReply) => void): () => void
  close(): void
}

export interface ServerStats {
  /** Datagrams sent. */
  sent: number
  /** Valid replies, whatever they say. */
  replies: number
  /** Datagrams that were no reply to anything asked. */
  ignored: number
  /** Questions asked again over TCP. */
  tcp: number
}

const truncated: FinalReply = { kind: 'failed', rcode: 'TRUNCATED' }
const nextRandomId = createRandomIds()

/** One server: UDP first, TCP when the answer is truncated, no EDNS when it cannot read that. */
export function createNameServer(
  address: ServerAddress,
  onHeard: (server: NameServer, question: Question) => void,
  onSent: (question: Question) => void,
): NameServer {
  const stats: ServerStats = { sent: 0, replies: 0, ignored: 0, tcp: 0 }
  const udp = createUdpPool(address, () => (stats.ignored += 1))
  const askByTcp = createTcp(address, maxTcpConnections)
  let takesEdns = true

  function ask(question: Question, onReply: (reply: FinalReply) => void): () => void {
    let release = askByUdp(takesEdns)
    return () => {
      release()
    }

    function askByUdp(edns: boolean): () => void {
      stats.sent += 1
      onSent(question)
      return udp.send({
        encode: (id) => encodeQuery(id, question, edns),
        accept: (message) => {
          const reply = decodeReply(message, question)
          if (reply) receive(reply, edns)
          return reply !== undefined
        },
        onError: () => {
          onReply({ kind: 'error' })
        },
      })
    }

    function receive(reply: Reply, edns: boolean) {
      stats.replies += 1
      onHeard(server, question)
      if (reply.kind === 'truncated') askWhole()
      else if (edns && reply.kind === 'failed' && reply.rcode === 'FORMERR') {
        takesEdns = false
        release = askByUdp(false)
      } else onReply(reply)
    }

    function askWhole() {
      stats.tcp += 1
      onSent(question)
      const id = nextRandomId()
      release = askByTcp(encodeQuery(id, question, takesEdns), {
        onMessage: (message) => {
          const reply = message.length > 1 && message.readUInt16BE(0) === id && decodeReply(message, question)
          onReply(reply && reply.kind !== 'truncated' ? reply : truncated)
        },
        onError: () => {
          onReply(truncated)
        },
      })
    }
  }

  const server: NameServer = { address: formatServer(address), stats, ask, close: udp.close }
  return server
}
