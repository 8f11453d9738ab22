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
 * Answers for as long as their TTL says; the least recently used go first when it is full.
 * Failures are not kept: the resolver behind does that (RFC 9520), and a list that fails is soon not asked.
 */
export function createDnsCache(maxEntries: number, clock: Clock): DnsCache {
  // A Map keeps the order of insertion: the first key is the least recently used.
  const entries = new Map<string, Entry>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      const leftMs = entry.expiresAt - clock.monotonic()
      if (leftMs <= 0) return undefined
      entries.set(key, entry)
      return { ...entry.answer, ttlSeconds: Math.ceil(leftMs / 1000) }
    },
    set(key, answer) {
      entries.delete(key)
      if (answer.ttlSeconds <= 0) return
      entries.set(key, { answer, expiresAt: clock.monotonic() + answer.ttlSeconds * 1000 })
      if (entries.size <= maxEntries) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        break
      }
    },
    get size() {
      return entries.size
    },
    clear: () => {
      entries.clear()
    },
  }
}
