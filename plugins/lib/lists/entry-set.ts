/**
 * A set of short byte strings in two typed arrays: a million entries cost their bytes and one slot each,
 * where strings in a Set cost several times as much and keep the collector busy.
 */
export interface EntrySet {
  readonly size: number
  /** Adds the first `length` bytes of `key`. */
  add(key: Uint8Array, length: number): void
  has(key: Uint8Array, length: number): boolean
}

export function createEntrySet(expectedEntries = 16): EntrySet {
  // Each key follows its length; slots hold the position of that length plus one, 0 being free.
  let bytes = new Uint8Array(Math.max(256, expectedEntries * 16))
  let used = 0
  let slots = new Uint32Array(slotsFor(expectedEntries))
  let size = 0

  const slotOf = (key: Uint8Array, from: number, length: number): number => {
    const mask = slots.length - 1
    for (let slot = hash(key, from, length) & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot] ?? 0
      if (at === 0 || isAt(at - 1, key, from, length)) return slot
    }
  }

  const isAt = (at: number, key: Uint8Array, from: number, length: number): boolean => {
    if (bytes[at] !== length) return false
    for (let index = 0; index < length; index++) {
      if (bytes[at + 1 + index] !== key[from + index]) return false
    }
    return true
  }

  const growSlots = (): void => {
    slots = new Uint32Array(slots.length * 2)
    for (let at = 0; at < used; at += 1 + (bytes[at] ?? 0)) {
      slots[slotOf(bytes, at + 1, bytes[at] ?? 0)] = at + 1
    }
  }

  return {
    get size() {
      return size
    },
    add(key, length) {
      const slot = slotOf(key, 0, length)
      if (slots[slot] !== 0) return
      if (used + length + 1 > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2)
        larger.set(bytes)
        bytes = larger
      }
      bytes[used] = length
      for (let index = 0; index < length; index++) bytes[used + 1 + index] = key[index] ?? 0
      slots[slot] = used + 1
      used += length + 1
      size += 1
      if (size * 4 > slots.length * 3) growSlots()
    },
    has: (key, length) => slots[slotOf(key, 0, length)] !== 0,
  }
}

/** A power of two that leaves a third of the slots free. */
function slotsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, entries * 1.5)))
}

/** FNV-1a, with a last mix because the low bits choose the slot. */
function hash(key: Uint8Array, from: number, length: number): number {
  let value = 0x811c9dc5
  for (let index = from; index < from + length; index++) {
    value = Math.imul(value ^ (key[index] ?? 0), 0x01000193)
  }
  value ^= value >>> 15
  return Math.imul(value, 0x2c1b3c6d) >>> 0
}
