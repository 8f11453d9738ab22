import { createEntrySet } from './entry-set'
import { formatIp, ipBytes, type IpBytes } from './ip-address'
import type { Item } from './types'

/** The entries of one list file: addresses, networks, names and name patterns. */
export interface ListEntries {
  readonly size: number
  addIp(bytes: IpBytes, prefixLength: number): void
  /** Lower-case A-labels; a leading dot means the domain and everything below it. */
  addName(name: Uint8Array, length: number): void
  /** The most specific entry that covers the item, as a person would write it. */
  find(item: Item): string | undefined
}

const dot = 0x2e

export function createListEntries(expectedEntries?: number): ListEntries {
  // Names begin with a printable character, so 4 and 6 in front keep networks apart from them.
  const entries = createEntrySet(expectedEntries)
  // Of the networks there are, the most specific first.
  const prefixLengths: Record<4 | 16, number[]> = { 4: [], 16: [] }
  const key = new Uint8Array(256)

  const setIpKey = (bytes: IpBytes, prefixLength: number): number => {
    key[0] = bytes.length === 4 ? 4 : 6
    key[1] = prefixLength
    for (let at = 0; at < bytes.length; at++) {
      const keptBits = Math.min(8, Math.max(0, prefixLength - at * 8))
      key[at + 2] = (bytes[at] ?? 0) & (0xff00 >> keptBits)
    }
    return bytes.length + 2
  }

  const lengthsOf = (bytes: IpBytes): number[] => prefixLengths[bytes.length === 4 ? 4 : 16]

  const findIp = (bytes: IpBytes): string | undefined => {
    for (const prefixLength of lengthsOf(bytes)) {
      const length = setIpKey(bytes, prefixLength)
      if (!entries.has(key, length)) continue
      const network = formatIp(key.slice(2, length))
      return prefixLength === bytes.length * 8 ? network : `${network}/${prefixLength}`
    }
    return undefined
  }

  const findName = (name: string): string | undefined => {
    if (name.length > 253) return undefined
    const text = Buffer.from(`.${name}`, 'latin1')
    if (entries.has(text.subarray(1), text.length - 1)) return name
    for (let at = 0; at >= 0; at = text.indexOf(dot, at + 1)) {
      if (entries.has(text.subarray(at), text.length - at)) return text.toString('latin1', at)
    }
    return undefined
  }

  return {
    get size() {
      return entries.size
    },
    addIp(bytes, prefixLength) {
      const lengths = lengthsOf(bytes)
      if (!lengths.includes(prefixLength)) {
        lengths.push(prefixLength)
        lengths.sort((a, b) => b - a)
      }
      entries.add(key, setIpKey(bytes, prefixLength))
    },
    addName(name, length) {
      entries.add(name, length)
    },
    find(item) {
      if (item.kind === 'name') return findName(item.name)
      const bytes = ipBytes(item.ip)
      return bytes && findIp(bytes)
    },
  }
}
