import { SocketAddress } from 'node:net'
import { encodeName, isPlainName, readName, skipName } from './names'
import type { DnsAnswer, RecordType } from './types'

/** NS is asked of the root only: the check question. */
export type QueryType = RecordType | 'NS'

export interface Question {
  /** Lower case, no trailing dot. */
  readonly name: string
  readonly type: QueryType
  /** The question section: name, type, class. */
  readonly section: Buffer
}

/** What a server said about a question. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: UsefulAnswer }
  | { readonly kind: 'failed'; readonly rcode: string }
  | { readonly kind: 'truncated' }

export type UsefulAnswer = Extract<DnsAnswer, { readonly ttlSeconds: number }>

const typeCodes = { A: 1, NS: 2, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const
const cname = 5
const soa = 6
const opt = 41
const classIn = 1

const headerLength = 12
const recursionDesired = 0x0100
const isResponse = 0x8000
const opcodeMask = 0x7800
const isTruncated = 0x0200
const rcodeMask = 0x000f
const noError = 0
const formErr = 1
const nxDomain = 3
const rcodeNames = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

/** What we take by UDP: fits every path without fragments (DNS flag day 2020). */
const maxUdpBytes = 1232
/** An answer may hold thousands of records; no list and no host needs more than these. */
const maxRecords = 64
const maxAliases = 16
const maxTtlSeconds = 86_400

/** undefined when no such name can be asked (see names.ts). */
export function createQuestion(name: string, type: QueryType): Question | undefined {
  // One buffer for all of it, since there is one for each question.
  const section = encodeName(name, 4)
  if (!section) return undefined
  const end = section.length - 4
  section.writeUInt16BE(typeCodes[type], end)
  section.writeUInt16BE(classIn, end + 2)
  // As names are read, so that owners of records compare with it.
  return { name: isPlainName(name) ? name : (readName(section, 0)?.name ?? name), type, section }
}

/** A query; with an OPT record that says how much we take (RFC 6891). */
export function encodeQuery(id: number, question: Question, edns: boolean): Buffer {
  const { section } = question
  const end = headerLength + section.length
  // Out of Node's pool: memory of its own for each query cost the garbage collector a sixth of the time.
  const query = Buffer.allocUnsafe(edns ? end + 11 : end)
  query.fill(0, 0, headerLength)
  query.writeUInt16BE(id, 0)
  query.writeUInt16BE(recursionDesired, 2)
  query.writeUInt16BE(1, 4)
  query.set(section, headerLength)
  if (edns) {
    query.fill(0, end)
    query.writeUInt16BE(1, 10)
    query.writeUInt16BE(opt, end + 1)
    query.writeUInt16BE(maxUdpBytes, end + 3)
  }
  return query
}

/** What this message says about the question; undefined when it is malformed or about something else. */
export function decodeReply(message: Buffer, question: Question): Reply | undefined {
  if (message.length < headerLength) return undefined
  const flags = message.readUInt16BE(2)
  if ((flags & isResponse) === 0 || (flags & opcodeMask) !== 0) return undefined
  const rcode = flags & rcodeMask
  if (!repeatsQuestion(message, question)) {
    // A server that cannot read our query has no question to repeat.
    const isBare = message.length === headerLength && message.readUInt16BE(4) === 0
    return isBare && rcode === formErr ? failed(rcode) : undefined
  }
  if ((flags & isTruncated) !== 0) return { kind: 'truncated' }
  if (rcode !== noError && rcode !== nxDomain) return failed(rcode)
  const answer = decodeAnswer(message, question, rcode)
  return answer && { kind: 'answer', answer }
}

function failed(rcode: number): Reply {
  return { kind: 'failed', rcode: rcodeNames[rcode] ?? `RCODE${rcode}` }
}

/** Letters may come back in another case; length bytes are below the letters, so all bytes compare alike. */
function repeatsQuestion(message: Buffer, { section }: Question): boolean {
  if (message.readUInt16BE(4) !== 1 || message.length < headerLength + section.length) return false
  for (let at = 0; at < section.length; at++) {
    if (lowerCase(message[headerLength + at]) !== lowerCase(section[at])) return false
  }
  return true
}

function lowerCase(byte = 0): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}

interface ResourceRecord {
  /** Place of its owner's name in the message. */
  readonly owner: number
  readonly type: number
  readonly ttlSeconds: number
  /** Place of the data in the message. */
  readonly start: number
  readonly end: number
}

function decodeAnswer(message: Buffer, question: Question, rcode: number): UsefulAnswer | undefined {
  const type = typeCodes[question.type]
  const answers = readSection(message, headerLength + question.section.length, message.readUInt16BE(6), [
    type,
    cname,
  ])
  if (!answers) return undefined
  const { found, ttlSeconds } = followAliases(message, answers.records, question.name, type)
  if (rcode === noError && found.length > 0) return decodeRecords(message, question.type, found, ttlSeconds)
  const negativeTtl = readNegativeTtl(message, answers.next)
  return {
    kind: rcode === nxDomain ? 'nxdomain' : 'nodata',
    ttlSeconds: Math.min(negativeTtl, ttlSeconds),
  }
}

interface Section {
  readonly records: readonly ResourceRecord[]
  /** Where the next section starts; undefined when there were more records than we look at. */
  readonly next: number | undefined
}

/** The records of these types in one section; undefined when it is malformed. */
function readSection(
  message: Buffer,
  start: number,
  count: number,
  types: readonly number[],
): Section | undefined {
  const records: ResourceRecord[] = []
  let at = start
  for (let index = 0; index < count; index++) {
    const owner = at
    const next = skipName(message, owner)
    if (next === undefined || next + 10 > message.length) return undefined
    const type = message.readUInt16BE(next)
    const dataStart = next + 10
    at = dataStart + message.readUInt16BE(next + 8)
    if (at > message.length) return undefined
    if (!types.includes(type) || message.readUInt16BE(next + 2) !== classIn) continue
    const ttlSeconds = readTtl(message, next + 4)
    records.push({ owner, type, ttlSeconds, start: dataStart, end: at })
    if (records.length === maxRecords + maxAliases) return { records, next: undefined }
  }
  return { records, next: at }
}

/** A TTL with the highest bit set counts as 0 (RFC 2181 section 8). */
function readTtl(message: Buffer, at: number): number {
  const ttl = message.readUInt32BE(at)
  return ttl > 0x7fffffff ? 0 : Math.min(ttl, maxTtlSeconds)
}

/** The records of the name that the aliases lead to, in whatever order they come. */
function followAliases(message: Buffer, records: readonly ResourceRecord[], name: string, type: number) {
  let owner = name
  let ttlSeconds = maxTtlSeconds
  for (let hops = 0; hops <= maxAliases; hops++) {
    const own = records.filter((record) => isNamed(message, record.owner, owner, name))
    const found = own.filter((record) => record.type === type)
    if (found.length > 0) return { found, ttlSeconds }
    const alias = own.find((record) => record.type === cname)
    const target = alias && readName(message, alias.start)
    if (!target) break
    owner = target.name
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds)
  }
  return { found: [], ttlSeconds }
}

/** A pointer to the question, which is what servers write, needs no reading. */
function isNamed(message: Buffer, at: number, name: string, questionName: string): boolean {
  if (message.readUInt16BE(at) === (0xc000 | headerLength)) return name === questionName
  return readName(message, at)?.name === name
}

function decodeRecords(
  message: Buffer,
  type: QueryType,
  found: readonly ResourceRecord[],
  aliasTtlSeconds: number,
): UsefulAnswer | undefined {
  const records: string[] = []
  let ttlSeconds = aliasTtlSeconds
  for (const record of found.slice(0, maxRecords)) {
    const value = decodeData(message, type, record)
    if (value === undefined) continue
    records.push(value)
    ttlSeconds = Math.min(ttlSeconds, record.ttlSeconds)
  }
  return records.length > 0 ? { kind: 'records', records, ttlSeconds } : undefined
}

function decodeData(message: Buffer, type: QueryType, { start, end }: ResourceRecord): string | undefined {
  switch (type) {
    case 'A':
      return end - start === 4 ? message.subarray(start, end).join('.') : undefined
    case 'AAAA':
      return end - start === 16 ? decodeIpv6(message, start) : undefined
    case 'TXT':
      return decodeText(message, start, end)
    case 'PTR':
    case 'NS':
      return decodeTarget(message, start, end)
    case 'MX': {
      const host = end - start > 2 ? decodeTarget(message, start + 2, end) : undefined
      return host === undefined ? undefined : `${message.readUInt16BE(start)} ${host}`
    }
  }
}

function decodeTarget(message: Buffer, start: number, end: number): string | undefined {
  const target = readName(message, start)
  return target?.next === end ? target.name : undefined
}

/** As the system writes it (RFC 5952), so that it compares with addresses of sockets. */
function decodeIpv6(message: Buffer, start: number): string {
  const groups = Array.from({ length: 8 }, (_, group) => message.readUInt16BE(start + 2 * group).toString(16))
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address
}

function decodeText(message: Buffer, start: number, end: number): string | undefined {
  const strings: Buffer[] = []
  for (let at = start; at < end;) {
    const next = at + 1 + message.readUInt8(at)
    if (next > end) return undefined
    strings.push(message.subarray(at + 1, next))
    at = next
  }
  return Buffer.concat(strings).toString('utf8')
}

/** How long a negative answer holds (RFC 2308 section 5); without a SOA it must not be kept. */
function readNegativeTtl(message: Buffer, authorityStart: number | undefined): number {
  if (authorityStart === undefined) return 0
  const authority = readSection(message, authorityStart, message.readUInt16BE(8), [soa])
  const record = authority?.records[0]
  // Two names of at least one byte, then five numbers, the minimum last.
  if (!record || record.end - record.start < 22) return 0
  return Math.min(record.ttlSeconds, readTtl(message, record.end - 4))
}
