/**
 * The wire format from the server's side (RFC 1035 section 4), written apart from the client's codec so that
 * a mistake there is not made here as well.
 */

export type ReplyRecord = {
  /** Owner; default: the name asked. */
  readonly name?: string
  /** Default 300 s. */
  readonly ttl?: number
} & (
  | { readonly type: 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'NS'; readonly value: string }
  | { readonly type: 'MX'; readonly value: string; readonly preference: number }
  | { readonly type: 'TXT'; readonly value: string | readonly string[] }
)

export interface Reply {
  readonly rcode?: keyof typeof rcodes
  readonly answers?: readonly ReplyRecord[]
  /** A SOA in the authority section: how long a negative answer holds (RFC 2308). */
  readonly soa?: { readonly ttl?: number; readonly minimum?: number }
  readonly delayMs?: number
  /** No reply at all. */
  readonly drop?: boolean
  /** Over UDP an empty reply with TC set; over TCP the whole. Also done when the client's size is exceeded. */
  readonly truncate?: boolean
  readonly wrongId?: boolean
  /** Answers as if this name had been asked; `true`: `wrong.invalid`. */
  readonly wrongQuestion?: boolean | string
  /** UDP only: sent from another port than the one asked. */
  readonly fromOtherPort?: boolean
  /** These bytes instead of a message. */
  readonly garbage?: Uint8Array
  /** What the header claims instead of the true number of answers. */
  readonly claimedAnswers?: number
}

export interface DecodedQuery {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly typeCode: number
  readonly edns: boolean
  /** What the client takes by UDP: 512 or what its OPT record says. */
  readonly maxBytes: number
}

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const types = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
])
const responseFlags = 0x8180
const truncatedFlag = 0x0200
const pointerToQuestion = Buffer.from([0xc0, 0x0c])

/** undefined for what is no query with one question. */
export function decodeQuery(message: Buffer): DecodedQuery | undefined {
  if (message.length < 17 || message.readUInt16BE(4) !== 1) return undefined
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  if (at + 5 > message.length) return undefined
  const typeCode = message.readUInt16BE(at + 1)
  const type = [...types].find(([, code]) => code === typeCode)?.[0] ?? `TYPE${typeCode}`
  const opt = at + 5
  const edns = message.readUInt16BE(10) === 1 && message.length >= opt + 11
  const maxBytes = edns ? Math.max(512, message.readUInt16BE(opt + 3)) : 512
  return { id: message.readUInt16BE(0), name: labels.join('.') || '.', type, typeCode, edns, maxBytes }
}

export function encodeReply(reply: Reply, query: DecodedQuery): Buffer {
  if (reply.garbage) return Buffer.from(reply.garbage)
  const answers = (reply.answers ?? []).map(encodeRecord)
  const authority = reply.soa ? [encodeSoa(reply.soa)] : []
  const id = reply.wrongId ? query.id ^ 0x5555 : query.id
  const wrongName = reply.wrongQuestion === true ? 'wrong.invalid' : reply.wrongQuestion
  return Buffer.concat([
    uint16(id, responseFlags | rcodes[reply.rcode ?? 'NOERROR']),
    uint16(1, reply.claimedAnswers ?? answers.length, authority.length, 0),
    encodeName(wrongName || query.name),
    uint16(query.typeCode, 1),
    ...answers,
    ...authority,
  ])
}

export function encodeTruncated(query: DecodedQuery): Buffer {
  const message = encodeReply({}, query)
  message.writeUInt16BE(responseFlags | truncatedFlag, 2)
  return message
}

function encodeRecord(record: ReplyRecord): Buffer {
  const data = encodeData(record)
  return Buffer.concat([
    record.name === undefined ? pointerToQuestion : encodeName(record.name),
    uint16(types.get(record.type) ?? 0, 1),
    uint32(record.ttl ?? 300),
    uint16(data.length),
    data,
  ])
}

function encodeSoa({ ttl = 60, minimum = 60 }: NonNullable<Reply['soa']>): Buffer {
  const data = Buffer.concat([
    encodeName('ns.invalid'),
    encodeName('hostmaster.invalid'),
    uint32(1, 3600, 600, 86_400, minimum),
  ])
  return Buffer.concat([encodeName('.'), uint16(6, 1), uint32(ttl), uint16(data.length), data])
}

function encodeData(record: ReplyRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.value.split('.').map(Number))
    case 'AAAA':
      return encodeIpv6(record.value)
    case 'TXT':
      return Buffer.concat([record.value].flat().map((text) => withLength(Buffer.from(text, 'latin1'))))
    case 'MX':
      return Buffer.concat([uint16(record.preference), encodeName(record.value)])
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return encodeName(record.value)
  }
}

function encodeIpv6(address: string): Buffer {
  const [head = [], tail = []] = address.split('::').map((half) =>
    half
      .split(':')
      .filter(Boolean)
      .map((group) => parseInt(group, 16)),
  )
  const gap = new Array<number>(8 - head.length - tail.length).fill(0)
  return uint16(...head, ...gap, ...tail)
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter(Boolean)
  return Buffer.concat([...labels.map((label) => withLength(Buffer.from(label, 'latin1'))), Buffer.from([0])])
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  values.forEach((value, index) => bytes.writeUInt16BE(value, 2 * index))
  return bytes
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index))
  return bytes
}
