import type { Clock } from '../clock'
import type { UsefulAnswer } from './codec'

export interface DnsCache {
  get(key: string): UsefulAnswer | undefined
  set(key: string, answer: UsefulAnswer): void
  readonly size: number
  readonly clear: () => void
}

interface Entry {
  readonly answer: UsefulAnswer
  readonly expiresAt: number
}

/**
 * Answers for as long as their TTL says; those not used for longest go first when it is full.
 * Failures are not kept: the resolver behind does that (RFC 9520), and a list that fails is soon not asked.
 *
 * Two generations instead of one Map in order of use: moving a key to the end of a Map leaves a gap each time,
 * and with 50,000 entries that cost 100 µs for every use of a popular name.
 */
export function createDnsCache(maxEntries: number, clock: Clock): DnsCache {
  const maxYoung = Math.floor(maxEntries / 2)
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()

  function keep(key: string, entry: Entry) {
    old.delete(key)
    young.set(key, entry)
    if (young.size < maxYoung) return
    old = young
    young = new Map()
  }

  function forget(key: string) {
    young.delete(key)
    old.delete(key)
  }

  return {
    get(key) {
      const used = young.get(key)
      const entry = used ?? old.get(key)
      if (!entry) return undefined
      const leftMs = entry.expiresAt - clock.monotonic()
      if (leftMs <= 0) {
        forget(key)
        return undefined
      }
      if (!used) keep(key, entry)
      return { ...entry.answer, ttlSeconds: Math.ceil(leftMs / 1000) }
    },
    set(key, answer) {
      if (answer.ttlSeconds > 0) {
        keep(key, { answer, expiresAt: clock.monotonic() + answer.ttlSeconds * 1000 })
      } else forget(key)
    },
    get size() {
      return young.size + old.size
    },
    clear: () => {
      young.clear()
      old.clear()
    },
  }
}
