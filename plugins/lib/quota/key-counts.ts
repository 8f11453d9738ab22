import type { Counts } from './day-counts'
import type { KeyId, ProviderKey } from './provider-keys'

/** What one process asks with the keys of providers. */
export interface KeyCounts {
  configure(keys: readonly ProviderKey[]): void
  /** A question for this DNS name was sent. */
  readonly sent: (name: string) => void
  /** What was asked since the last call, if anything was. */
  take(): Counts | undefined
}

export function createKeyCounts(): KeyCounts {
  let keys: readonly ProviderKey[] = []
  let counts: Record<KeyId, number> = {}
  return {
    configure: (next) => void (keys = next),
    sent(name) {
      const key = keys.find((each) => each.isIn(name))
      if (key) counts[key.id] = (counts[key.id] ?? 0) + 1
    },
    take() {
      const taken = counts
      counts = {}
      return Object.keys(taken).length > 0 ? taken : undefined
    },
  }
}
