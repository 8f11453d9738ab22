import { ipBytes } from '../lib/lists/ip-address'
import type { Clock } from '../lib/clock'
import type { Bus } from '../lib/haraka/bus'

/**
 * Slows down whoever guesses passwords. An address may fail ten times in a row, a name thirty times whatever the
 * addresses, and then about once a minute and twice a minute. An address that a user has signed in from is not held
 * back by what others try with that name. Every process counts what all of them see.
 */
export interface LoginThrottle {
  /** Counts an attempt; milliseconds to wait when it may not be made now. */
  attempt(name: string, ip: string): number
  /** It was the right password. */
  succeeded(name: string, ip: string): void
}

interface Bucket {
  tokens: number
  at: number
}

interface Seen {
  readonly name: string
  readonly ip: string
  readonly isSuccess: boolean
}

const TOPIC = 'login-seen'
const MAX_BUCKETS = 20_000
const OF_ADDRESS = { size: 10, refillMs: 60_000 }
const OF_NAME = { size: 30, refillMs: 30_000 }

export function createLoginThrottle(clock: Clock, bus: Bus): LoginThrottle {
  const addresses = createBuckets(clock, OF_ADDRESS)
  const names = createBuckets(clock, OF_NAME)
  const trusted = new Set<string>()
  const take = ({ name, ip, isSuccess }: Seen): void => {
    if (isSuccess) {
      addresses.refill(networkOf(ip))
      trusted.add(pair(name, ip))
      if (trusted.size > MAX_BUCKETS) trusted.clear()
      return
    }
    addresses.take(networkOf(ip))
    if (!trusted.has(pair(name, ip))) names.take(keyOf(name))
  }
  const see = (seen: Seen): void => {
    take(seen)
    bus.publish(TOPIC, seen)
  }
  bus.subscribe(TOPIC, (data) => {
    take(data as Seen)
  })
  return {
    attempt(name, ip) {
      const waitMs = Math.max(
        addresses.waitMs(networkOf(ip)),
        trusted.has(pair(name, ip)) ? 0 : names.waitMs(keyOf(name)),
      )
      // Counted before it is known to fail: many at once must not slip through together.
      if (waitMs === 0) see({ name: keyOf(name), ip, isSuccess: false })
      return waitMs
    },
    succeeded(name, ip) {
      see({ name: keyOf(name), ip, isSuccess: true })
    },
  }
}

const keyOf = (name: string): string => name.normalize('NFC').toLowerCase().slice(0, 64)
const pair = (name: string, ip: string): string => `${keyOf(name)} ${networkOf(ip)}`

/** An IPv6 client has a network of 2^64 addresses of its own. */
function networkOf(ip: string): string {
  const bytes = ipBytes(ip)
  return bytes?.length === 16 ? Buffer.from(bytes.subarray(0, 8)).toString('hex') : ip
}

function createBuckets(clock: Clock, { size, refillMs }: { size: number; refillMs: number }) {
  const buckets = new Map<string, Bucket>()
  const level = (key: string): number => {
    const bucket = buckets.get(key)
    if (!bucket) return size
    return Math.min(size, bucket.tokens + (clock.monotonic() - bucket.at) / refillMs)
  }
  const forgetFull = (): void => {
    for (const key of buckets.keys()) if (level(key) >= size) buckets.delete(key)
    // Somebody has 20,000 networks: the oldest are forgotten.
    for (const key of buckets.keys()) if (buckets.size > MAX_BUCKETS) buckets.delete(key)
  }
  return {
    waitMs: (key: string): number => Math.max(0, Math.ceil((1 - level(key)) * refillMs)),
    take(key: string): void {
      const tokens = Math.max(0, level(key) - 1)
      buckets.delete(key)
      buckets.set(key, { tokens, at: clock.monotonic() })
      if (buckets.size > MAX_BUCKETS) forgetFull()
    },
    refill: (key: string): void => void buckets.delete(key),
  }
}
