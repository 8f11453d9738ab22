import { isIPv4 } from 'node:net'

/**
 * IP addresses as bytes: 4 for IPv4, 16 for IPv6. An IPv4 address mapped into IPv6 is the IPv4
 * address (RFC 4291 section 2.5.5.2), because lists and operators know it only in that form.
 */
export type IpBytes = Uint8Array

/** The bytes of an address, or undefined when the text is none. */
export function ipBytes(text: string): IpBytes | undefined {
  if (isIPv4(text)) return ipv4Bytes(text)
  const bytes = ipv6Bytes(text.split('%', 1)[0] ?? '')
  return bytes && isMapped(bytes) ? bytes.slice(12) : bytes
}

/** All 16 bytes of an IPv6 address, mapped IPv4 included. */
export function ipv6Bytes(text: string): IpBytes | undefined {
  const bytes = new Uint8Array(16)
  return readIpv6(text, bytes) ? bytes : undefined
}

/**
 * Reads an IPv6 address into 16 bytes; false when the text is none. Character by character, because list
 * files hold a million of them: with split and parseInt that took four seconds.
 */
export function readIpv6(text: string, bytes: IpBytes): boolean {
  const gap = text.indexOf('::')
  if (gap < 0) return readGroups(text, 0, text.length, bytes, 0) === 16
  const head = readGroups(text, 0, gap, bytes, 0)
  if (head < 0 || text.lastIndexOf('.', gap) >= 0) return false
  const end = readGroups(text, gap + 2, text.length, bytes, head)
  if (end < 0 || end > 14) return false
  bytes.copyWithin(16 - (end - head), head, end)
  bytes.fill(0, head, 16 - (end - head))
  return true
}

const colon = 0x3a
const dot = 0x2e

/** Writes the groups of text[from, to) to bytes[at...]; returns where they end, or -1. */
function readGroups(text: string, from: number, to: number, bytes: IpBytes, at: number): number {
  if (from === to) return at
  let value = 0
  let digits = 0
  let end = at
  for (let index = from; index <= to; index++) {
    const code = index < to ? text.charCodeAt(index) : colon
    if (code === colon) {
      if (digits === 0 || end > 14) return -1
      bytes[end++] = value >> 8
      bytes[end++] = value & 0xff
      value = 0
      digits = 0
    } else if (code === dot) {
      return readEmbeddedIpv4(text.slice(index - digits, to), bytes, end)
    } else {
      const digit = hexDigit(code)
      if (digit < 0 || ++digits > 4) return -1
      value = value * 16 + digit
    }
  }
  return end
}

/** RFC 4291 section 2.2: the last 32 bits may be written as IPv4. */
function readEmbeddedIpv4(text: string, bytes: IpBytes, at: number): number {
  if (!isIPv4(text) || at > 12) return -1
  bytes.set(ipv4Bytes(text), at)
  return at + 4
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** `192.0.2.1`, or IPv6 in the form of RFC 5952. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0))
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  const [start, length] = longestZeroRun(groups)
  if (length < 2) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

function ipv4Bytes(text: string): IpBytes {
  return Uint8Array.from(text.split('.'), Number)
}

/** Whether it lies in ::ffff:0:0/96. */
export function isMapped(bytes: IpBytes): boolean {
  return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0)
}

function longestZeroRun(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  let run = 0
  groups.forEach((group, at) => {
    run = group === 0 ? run + 1 : 0
    if (run > best[1]) best = [at - run + 1, run]
  })
  return best
}
