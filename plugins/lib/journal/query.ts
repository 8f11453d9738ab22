import { formatIp, ipBytes, type IpBytes } from '../lists/ip-address'
import type { DeliveryState, Outcome } from './record'
import { clientTerm, MIN_ID_START, networkBytes, networkTerms, term, words, type Field } from './terms'

/** What to look for; everything given must hold. */
export interface JournalQuery {
  /** Milliseconds since the epoch, both inclusive. */
  readonly since?: number
  readonly until?: number
  /** An address or a CIDR. */
  readonly ip?: string
  /** `anna@example.org`, `example.org`, or `<>` for the null sender. */
  readonly from?: string
  readonly to?: string
  readonly messageId?: string
  readonly fromDomain?: string
  /** Of a session or a transaction, or the six letters that the greeting shows. */
  readonly id?: string
  readonly ref?: string
  readonly list?: string
  readonly user?: string
  readonly plugin?: string
  readonly outcome?: Outcome | DeliveryState
  /** Words, addresses, references: whatever a record is found by. */
  readonly text?: string
}

export const outcomes = ['accepted', 'partly', 'refused', 'deferred', 'abandoned'] as const
export const deliveryStates = ['delivered', 'queued', 'delayed', 'bounced'] as const

/** The query in the terms of the store. */
export interface StoreQuery {
  /** FTS5 expression; empty: all records. */
  readonly match: string
  /** An IPv6 network that is too small for the index, which finds the one around it. */
  readonly network?: Network
  readonly delivery?: DeliveryState
  readonly since: number
  readonly until: number
}

/** Throws a text for people when `ip` is neither address nor CIDR. */
export function parseQuery(query: JournalQuery): StoreQuery {
  const { outcome } = query
  const delivery = deliveryStates.find((state) => state === outcome)
  const network = query.ip === undefined ? undefined : parseNetwork(query.ip)
  const expressions = [
    ...(network ? [networkExpression(network)] : []),
    ...addressTerm('sender', query.from),
    ...addressTerm('recipient', query.to),
    ...plainTerm('messageId', query.messageId?.replace(/^<|>$/g, '')),
    ...plainTerm('fromDomain', query.fromDomain?.replace(/^@/, '')),
    ...(query.id === undefined ? [] : [idExpression(query.id)]),
    ...plainTerm('ref', query.ref),
    ...plainTerm('list', query.list),
    ...plainTerm('user', query.user),
    ...plainTerm('plugin', query.plugin),
    ...plainTerm('outcome', delivery === undefined ? outcome : undefined),
    ...textExpressions(query.text ?? ''),
  ]
  return {
    match: expressions.join(' AND '),
    ...(network && isTooSmall(network) && { network }),
    ...(delivery !== undefined && { delivery }),
    since: query.since ?? 0,
    until: query.until ?? Number.MAX_SAFE_INTEGER,
  }
}

const plainTerm = (field: Field, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [quote(term(field, value))]

/** A name without @ is a domain. */
const addressTerm = (field: 'sender' | 'recipient', value: string | undefined): readonly string[] =>
  plainTerm(field, value === undefined || value === '<>' || value.includes('@') ? value : `@${value}`)

/** The whole id of a transaction, or the first letters of one. */
function idExpression(id: string): string {
  const isStart = id.length >= MIN_ID_START && !id.includes('.')
  return `${quote(term('id', id))}${isStart ? '*' : ''}`
}

const TEXT_FIELDS = ['sender', 'recipient', 'messageId', 'fromDomain', 'ref'] as const

/** Each piece of the text may be a word, or the whole value of a field. */
function textExpressions(text: string): readonly string[] {
  return text.split(/\s+/).flatMap((piece) => {
    const found = words(piece)
    if (found.length === 0 && /^[\w.]*$/.test(piece)) return []
    const values = [
      quote(clientTerm(piece)),
      ...TEXT_FIELDS.map((field) => quote(term(field, piece))),
      idExpression(piece),
    ]
    const inWords = found.map((word) => quote(term('word', word)))
    return [`(${[...values, ...(inWords.length > 0 ? [`(${inWords.join(' AND ')})`] : [])].join(' OR ')})`]
  })
}

const quote = (token: string): string => `"${token}"`

export interface Network {
  readonly address: IpBytes
  /** Of the address, 32 or 128 for a single one. */
  readonly bits: number
}

/** Throws what would be right. */
export function parseNetwork(text: string): Network {
  const [ip = '', bits, ...more] = text.split('/')
  const address = ipBytes(ip)
  const width = (address?.length ?? 0) * 8
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width)
  if (!address || more.length > 0 || !isPrefix) {
    throw new Error(`${JSON.stringify(text)} must be an IP address or a CIDR such as 192.0.2.0/24`)
  }
  return { address, bits: bits === undefined ? width : Number(bits) }
}

const isTooSmall = ({ address, bits }: Network): boolean =>
  address.length === 16 && bits > networkBytes(address) * 8 && bits < 128

/** The networks of whole bytes, or the addresses, that it is made of, 256 at most; or the network that it lies in. */
function networkExpression(network: Network): string {
  const { address, bits } = network
  const bytes = isTooSmall(network) ? networkBytes(address) : Math.max(1, Math.ceil(bits / 8))
  const spare = Math.max(0, bytes * 8 - bits)
  const first = (address[bytes - 1] ?? 0) & (0xff << spare)
  const terms = Array.from({ length: 2 ** spare }, (_, at) => {
    const part = Uint8Array.from(address)
    part[bytes - 1] = first + at
    return quote(
      bytes === address.length ? clientTerm(formatIp(part)) : (networkTerms(part)[bytes - 1] ?? ''),
    )
  })
  return `(${terms.join(' OR ')})`
}

export function isInNetwork(ip: string, { address, bits }: Network): boolean {
  const bytes = ipBytes(ip)
  if (bytes?.length !== address.length) return false
  const whole = bits >> 3
  const mask = 0xff & ~(0xff >> (bits & 7))
  const isEqual = (at: number, of: number): boolean => (((bytes[at] ?? 0) ^ (address[at] ?? 0)) & of) === 0
  return isEqual(whole, mask) && bytes.subarray(0, whole).every((_, at) => isEqual(at, 0xff))
}
