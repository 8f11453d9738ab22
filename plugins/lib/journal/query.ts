import { ipBytes, ipv6Bytes, type IpBytes } from '../lists/ip-address'
import type { DeliveryState, Outcome } from './record'
import { canonicalIp, term, words, type Field } from './terms'

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
  /** First and last address, 16 bytes each. */
  readonly ipRange?: readonly [Buffer, Buffer]
  readonly delivery?: DeliveryState
  readonly since: number
  readonly until: number
}

export function parseQuery(query: JournalQuery): StoreQuery {
  const { outcome } = query
  const delivery = deliveryStates.find((state) => state === outcome)
  const range = query.ip === undefined ? undefined : parseIpRange(query.ip)
  const isOneAddress = range?.[0].equals(range[1]) === true
  const terms = [
    ...(query.ip !== undefined && isOneAddress
      ? [term('client', canonicalIp(query.ip.split('/', 1)[0] ?? ''))]
      : []),
    ...addressTerm('sender', query.from),
    ...addressTerm('recipient', query.to),
    ...plainTerm('messageId', query.messageId?.replace(/^<|>$/g, '')),
    ...plainTerm('fromDomain', query.fromDomain?.replace(/^@/, '')),
    ...plainTerm('id', query.id),
    ...plainTerm('ref', query.ref),
    ...plainTerm('list', query.list),
    ...plainTerm('user', query.user),
    ...plainTerm('plugin', query.plugin),
    ...plainTerm('outcome', delivery === undefined ? outcome : undefined),
  ]
  return {
    match: [...terms.map(quote), ...textExpressions(query.text ?? '')].join(' AND '),
    ...(range && !isOneAddress ? { ipRange: range } : {}),
    ...(delivery === undefined ? {} : { delivery }),
    since: query.since ?? 0,
    until: query.until ?? Number.MAX_SAFE_INTEGER,
  }
}

const plainTerm = (field: Field, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [term(field, value)]

/** A name without @ is a domain. */
const addressTerm = (field: 'sender' | 'recipient', value: string | undefined): readonly string[] =>
  value === undefined ? [] : [term(field, value === '<>' || value.includes('@') ? value : `@${value}`)]

/** Each piece of the text may be a word, or the whole value of a field. */
function textExpressions(text: string): readonly string[] {
  const fields: readonly Field[] = ['client', 'sender', 'recipient', 'messageId', 'fromDomain', 'id', 'ref']
  return text.split(/\s+/).flatMap((piece) => {
    if (piece === '') return []
    const values = fields.map((field) => quote(term(field, piece)))
    const inWords = words(piece).map((word) => quote(term('word', word)))
    return [`(${[...values, ...(inWords.length > 0 ? [`(${inWords.join(' AND ')})`] : [])].join(' OR ')})`]
  })
}

const quote = (token: string): string => `"${token}"`

/** Throws a text for people when it is neither address nor CIDR. */
export function parseIpRange(text: string): readonly [Buffer, Buffer] {
  const [address = '', bits, ...more] = text.split('/')
  const bytes = ipBytes(address)
  const prefix = bits === undefined ? undefined : Number(bits)
  const width = bytes?.length === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(bits ?? '') && prefix <= width)
  if (!bytes || more.length > 0 || !isPrefix) {
    throw new Error(`${JSON.stringify(text)} must be an IP address or a CIDR such as 192.0.2.0/24`)
  }
  const first = storedIp(bytes)
  const last = Buffer.from(first)
  const kept = 128 - width + (prefix ?? width)
  for (let bit = kept; bit < 128; bit++) {
    const at = bit >> 3
    const mask = 0x80 >> (bit & 7)
    first[at] = (first[at] ?? 0) & ~mask
    last[at] = (last[at] ?? 0) | mask
  }
  return [first, last]
}

/** As it stands in the store: 16 bytes, IPv4 mapped into IPv6, so that one order holds them all. */
export function storedIp(bytes: IpBytes): Buffer {
  if (bytes.length === 16) return Buffer.from(bytes)
  return Buffer.concat([Buffer.from('00000000000000000000ffff', 'hex'), bytes])
}

export function storedIpOf(text: string): Buffer {
  return storedIp(ipBytes(text) ?? ipv6Bytes('::') ?? new Uint8Array(16))
}
