import { readFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseExpiry } from './expiry'
import { isMapped, readIpv6 } from './ip-address'
import { createListEntries, type ListEntries } from './list-entries'
import { canonicalName } from './query-name'

export interface BadLine {
  readonly line: number
  readonly problem: string
}

export interface ListFile {
  readonly entries: ListEntries
  /** The first few; `badLineCount` counts them all. */
  readonly badLines: readonly BadLine[]
  readonly badLineCount: number
  /** When the next entry expires, in milliseconds since the epoch: the file must be read again then. */
  readonly nextExpiry: number
}

export interface ListFileOptions {
  /** Milliseconds since the epoch. */
  readonly now?: number
  /** Mail addresses are entries, too. */
  readonly takesAddresses?: boolean
  /** Bad lines that are kept. */
  readonly maxBadLines?: number
}

/** A key of the entries has its length in a byte. */
const maxAddressBytes = 254
/** Reading a long file must not hold up the mail that goes on beside it. */
const maxBlockMs = 10
const linesPerTimeCheck = 500

/**
 * Reads a list file: one address, CIDR, hostname or `.domain` a line, `#` before comments. An entry whose comment
 * begins with a day, such as `# until 2026-12-24`, holds to the end of it, UTC.
 */
export async function readListFile(path: string, options: ListFileOptions = {}): Promise<ListFile> {
  return parseListFile(await readFile(path), options)
}

export async function parseListFile(
  content: Buffer,
  { now = Date.now(), takesAddresses = false, maxBadLines = 5 }: ListFileOptions = {},
): Promise<ListFile> {
  // 14 bytes is a line with an IPv4 address; a wrong guess costs time, not correctness.
  const entries = createListEntries(Math.ceil(content.length / 14))
  const badLines: BadLine[] = []
  let badLineCount = 0
  let line = 0
  let nextExpiry = Infinity
  let turnBegan = performance.now()
  for (let start = hasByteOrderMark(content) ? 3 : 0; start < content.length;) {
    const newline = content.indexOf(0x0a, start)
    const end = newline < 0 ? content.length : newline
    line += 1
    const added = addLine(content, start, end, { entries, now, takesAddresses })
    const { problem } = added
    nextExpiry = Math.min(nextExpiry, added.expiresAt ?? Infinity)
    if (problem !== undefined && ++badLineCount <= maxBadLines) badLines.push({ line, problem })
    start = end + 1
    if (line % linesPerTimeCheck === 0 && performance.now() - turnBegan > maxBlockMs) {
      await nextTurn()
      turnBegan = performance.now()
    }
  }
  return { entries, badLines, badLineCount, nextExpiry }
}

function hasByteOrderMark(content: Buffer): boolean {
  return content.length >= 3 && content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf
}

const hash = 0x23
const dot = 0x2e
const slash = 0x2f
const nine = 0x39

interface Added {
  readonly problem?: string
  readonly expiresAt?: number
}

interface Target extends Required<Pick<ListFileOptions, 'now' | 'takesAddresses'>> {
  readonly entries: ListEntries
}

/** Nothing is made anew for most lines. */
const plainly: Added = {}

/** Adds one line, or says what is wrong with it. */
function addLine(content: Buffer, from: number, to: number, target: Target): Added {
  let start = from
  while (start < to && isSpace(content[start])) start++
  let comment = start
  while (comment < to && content[comment] !== hash) comment++
  let end = comment
  while (end > start && isSpace(content[end - 1])) end--
  if (start === end) return plainly
  if (comment === to) return addEntry(content, start, end, target)
  const expiry = parseExpiry(content.toString('utf8', comment + 1, Math.min(to, comment + 40)))
  if (expiry.kind === 'no date')
    return { problem: 'its comment says until when it holds, but there is no such day' }
  if (expiry.kind === 'none') return addEntry(content, start, end, target)
  if (expiry.at <= target.now) return plainly
  return { ...addEntry(content, start, end, target), expiresAt: expiry.at }
}

function addEntry(content: Buffer, start: number, end: number, { entries, takesAddresses }: Target): Added {
  if (addIpv4(content, start, end, entries) || addPlainName(content, start, end, entries)) return plainly
  const text = content.toString('utf8', start, end)
  if (addIpv6(text, entries) || addInternationalName(text, entries)) return plainly
  if (takesAddresses && addAddress(text, entries)) return plainly
  return { problem: wrongLine(text) }
}

/** The domain in any case and script; the local part as it is written, but in lower case. */
function addAddress(text: string, entries: ListEntries): boolean {
  const at = text.lastIndexOf('@')
  const domain = canonicalName(text.slice(at + 1))
  if (at <= 0 || domain === undefined) return false
  const bytes = Buffer.from(`${text.slice(0, at).toLowerCase()}@${domain}`)
  if (bytes.length > maxAddressBytes) return false
  entries.addName(bytes, bytes.length)
  return true
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}

const ipv4 = new Uint8Array(4)

/** The most frequent kind of line, read from the bytes: a million of them must load in a second. */
function addIpv4(content: Buffer, start: number, end: number, entries: ListEntries): boolean {
  let at = start
  for (let part = 0; part < 4; part++) {
    const octet = readNumber(content, at, end)
    if (octet < 0 || octet > 255) return false
    ipv4[part] = octet
    at += digitsOf(octet)
    if (part < 3 && content[at++] !== dot) return false
  }
  if (at === end) {
    entries.addIp(ipv4, 32)
    return true
  }
  const prefixLength = readNumber(content, at + 1, end)
  const isPrefix = content[at] === slash && prefixLength >= 0 && prefixLength <= 32
  if (!isPrefix || at + 1 + digitsOf(prefixLength) !== end) return false
  entries.addIp(ipv4, prefixLength)
  return true
}

/** The number of up to three digits that begins here, or -1. */
function readNumber(content: Buffer, start: number, end: number): number {
  let value = -1
  for (let at = start; at < end && at < start + 3; at++) {
    const digit = (content[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) break
    value = Math.max(0, value) * 10 + digit
  }
  return value
}

/** As written without leading zeros, which are octal to some and decimal to others: those lines are bad. */
function digitsOf(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : 3
}

const name = new Uint8Array(256)

/** A hostname or `.domain` in ASCII. */
function addPlainName(content: Buffer, start: number, end: number, entries: ListEntries): boolean {
  const stop = content[end - 1] === dot ? end - 1 : end
  if (stop - start > 254 || stop === start) return false
  let labelLength = 0
  let hasLetter = false
  for (let at = start; at < stop; at++) {
    const byte = lowerCase(content[at] ?? 0)
    if (byte === dot) {
      if (labelLength === 0 && at > start) return false
      labelLength = 0
      hasLetter = false
    } else if (isNameByte(byte) && labelLength < 63) {
      labelLength++
      hasLetter ||= byte > nine
    } else {
      return false
    }
    name[at - start] = byte
  }
  // A last label of digits only is a mistyped address, not a domain.
  if (labelLength === 0 || !hasLetter) return false
  entries.addName(name, stop - start)
  return true
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte > slash && byte <= nine) || byte === 0x2d || byte === 0x5f
}

const ipv6 = new Uint8Array(16)

function addIpv6(text: string, entries: ListEntries): boolean {
  if (!text.includes(':')) return false
  const cut = text.indexOf('/')
  const prefix = cut < 0 ? '128' : text.slice(cut + 1)
  const prefixLength = Number(prefix)
  if (!/^\d{1,3}$/.test(prefix) || prefixLength > 128) return false
  if (!readIpv6(cut < 0 ? text : text.slice(0, cut), ipv6)) return false
  const mapped = prefixLength >= 96 && isMapped(ipv6)
  entries.addIp(mapped ? ipv6.subarray(12) : ipv6, mapped ? prefixLength - 96 : prefixLength)
  return true
}

/** Names in other scripts. */
function addInternationalName(text: string, entries: ListEntries): boolean {
  if (/^[\x20-\x7e]*$/.test(text)) return false // an ASCII name would have been taken before
  const isPattern = text.startsWith('.')
  const canonical = canonicalName(isPattern ? text.slice(1) : text)
  if (canonical === undefined) return false
  const bytes = Buffer.from(isPattern ? `.${canonical}` : canonical, 'latin1')
  entries.addName(bytes, bytes.length)
  return true
}

function wrongLine(text: string): string {
  const shown = shorten(text)
  if (text.startsWith('*.')) return `${shown} is no pattern; right would be ${shorten(text.slice(1))}`
  const scheme = /^[a-z]+:\/\/([^/?#:@]+)/i.exec(text)
  if (scheme?.[1] !== undefined) return `${shown} is a link; right would be ${shorten(scheme[1])}`
  const at = text.lastIndexOf('@')
  if (at >= 0) return `${shown} is a mail address; right would be ${shorten(text.slice(at + 1))}`
  return `${shown} is no address, CIDR, hostname or .domain, such as 192.0.2.1, 2001:db8::/32 or .example.com`
}

/** Lines can be long, and control characters have no place in a log. */
function shorten(text: string): string {
  const shown = text.replace(/\p{Cc}/gu, '?')
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown
}
