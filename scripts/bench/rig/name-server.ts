/** A name server whose delay and faults can be set, in a process of its own. It knows all identities and no entry. */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { clientByName, clientByReverseName } from './identities'
import { serveOrders } from './program'
import { LISTS_DOMAIN, senderPolicy, TTL_SECONDS } from './zones'

export type NameServerOrder =
  { readonly kind: 'listen' } | ({ readonly kind: 'behave' } & Behaviour) | { readonly kind: 'counts' }

export interface Behaviour {
  readonly delayMs: number
  /** Nothing is answered about names in this domain; `''`: about none at all. */
  readonly deadDomain?: string
}

export interface QueryCounts {
  readonly received: number
  /** Different questions. */
  readonly distinct: number
  /** About lists. */
  readonly lists: number
  readonly answered: number
}

let behaviour: Behaviour = { delayMs: 0 }
const counts = { received: 0, lists: 0, answered: 0 }
let questions = new Set<string>()

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 })

const types = { A: 1, PTR: 12, TXT: 16 }

socket.on('message', (message, from) => {
  const { name, end } = nameAt(message, 12)
  const type = message.readUInt16BE(end)
  counts.received++
  questions.add(`${type} ${name}`)
  if (name.endsWith(`.${LISTS_DOMAIN}`)) counts.lists++
  const { deadDomain, delayMs } = behaviour
  const isDead =
    deadDomain !== undefined && (deadDomain === '' || name === deadDomain || name.endsWith(`.${deadDomain}`))
  if (isDead) return
  const data = recordOf(name, type)
  const answer = encode(message.subarray(0, end + 4), type, data)
  if (delayMs > 0) setTimeout(send, delayMs, answer, from)
  else send(answer, from)
})

function send(answer: Buffer, from: RemoteInfo): void {
  socket.send(answer, from.port, from.address)
  counts.answered++
}

function nameAt(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length).toLowerCase())
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}

/** RDATA, or undefined: no such name. */
function recordOf(name: string, type: number): Buffer | undefined {
  if (name.endsWith(`.${LISTS_DOMAIN}`)) {
    const isTestPoint = name.startsWith('2.0.0.127.') || name.startsWith('test.')
    return isTestPoint && type === types.A ? Buffer.from([127, 0, 0, 2]) : undefined
  }
  switch (type) {
    case types.A: {
      const address = clientByName(name)
      return address === undefined ? undefined : Buffer.from(address.split('.').map(Number))
    }
    case types.PTR: {
      const client = clientByReverseName(name)
      return client === undefined ? undefined : encodeName(client)
    }
    case types.TXT:
      if (/^s[0-9a-z]{7}\.com$/.test(name)) return encodeText(senderPolicy)
      return /^_dmarc\.s[0-9a-z]{7}\.com$/.test(name) ? encodeText('v=DMARC1; p=none') : undefined
    default:
      return undefined
  }
}

const encodeText = (text: string): Buffer =>
  Buffer.from(`${String.fromCharCode(text.length)}${text}`, 'latin1')

const encodeName = (name: string): Buffer => Buffer.from(`${name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`).join('')}\0`, 'latin1') // prettier-ignore

/** Owner and SOA are the name asked, which is enough for caches. */
function encode(question: Buffer, type: number, data: Buffer | undefined): Buffer {
  const header = Buffer.from([question[0] ?? 0, question[1] ?? 0, 0x84, data ? 0 : 3, 0, 1, 0, data ? 1 : 0, 0, data ? 0 : 1, 0, 0]) // prettier-ignore
  const record = data ?? encodeSoa()
  const fixed = Buffer.alloc(12)
  fixed.writeUInt16BE(0xc00c, 0)
  fixed.writeUInt16BE(data ? type : 6, 2)
  fixed.writeUInt16BE(1, 4)
  fixed.writeUInt32BE(TTL_SECONDS, 6)
  fixed.writeUInt16BE(record.length, 10)
  return Buffer.concat([header, question.subarray(12), fixed, record])
}

function encodeSoa(): Buffer {
  const soa = Buffer.alloc(22)
  soa.writeUInt32BE(1, 2)
  soa.writeUInt32BE(TTL_SECONDS, 18)
  return soa
}

serveOrders(async (order: NameServerOrder) => {
  switch (order.kind) {
    case 'listen':
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
      return socket.address().port
    case 'behave':
      behaviour = order
      return undefined
    case 'counts': {
      const result: QueryCounts = { ...counts, distinct: questions.size }
      questions = new Set()
      return result
    }
  }
})
