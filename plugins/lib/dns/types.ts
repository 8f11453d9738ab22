import type { Pending } from '../pending'

export type RecordType = 'A' | 'AAAA' | 'MX' | 'PTR' | 'TXT'

/**
 * What came of one question. `lookup` never rejects: whatever goes wrong is one of these.
 *
 * - `records`: addresses, names (lower case, no trailing dot), texts (strings of one record joined) or, for MX,
 *   preference and host: `10 mx.example.com`.
 * - `nodata`: the name exists without such a record. `nxdomain`: it does not exist (RFC 2308).
 * - `failed`: servers answered, but with SERVFAIL, REFUSED or something else that is no answer.
 * - `timeout`: no answer within the deadline while the server answers other questions.
 * - `unreachable`: no server answers anything at all; said at once while that is known.
 */
export type DnsAnswer =
  | { readonly kind: 'records'; readonly records: readonly string[]; readonly ttlSeconds: number }
  | { readonly kind: 'nodata'; readonly ttlSeconds: number }
  | { readonly kind: 'nxdomain'; readonly ttlSeconds: number }
  | { readonly kind: 'failed'; readonly rcode: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'unreachable' }

export interface LookupOptions {
  /** Deadline in milliseconds, retransmissions included; default: the client's. */
  readonly timeoutMs?: number
  /** Ask the server even if the cache knows (probes do). */
  readonly fresh?: boolean
  /** Called when the answer comes from the cache. */
  readonly onCached?: () => void
}

export interface Resolver {
  /** At once what is known. */
  lookup(name: string, type: RecordType, options?: LookupOptions): Pending<DnsAnswer>
}

export interface DnsSettings {
  /** `192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:53`; empty: the system's resolv.conf. */
  readonly servers: readonly string[]
  /** Milliseconds for one lookup, retransmissions included. */
  readonly timeoutMs: number
}
