import { ClientOfflineError, createClient, createCluster, createSentinel, ErrorReply } from 'redis'
import type { RedisAddress } from './redis-address'

/** What a fleet asks of Redis: the same on a server, a cluster and behind sentinels. All of it may reject. */
export interface RedisCommands {
  connect(): Promise<unknown>
  destroy(): void
  on(event: 'error' | 'ready', listener: (error: Error) => void): unknown
  publish(channel: string, message: string): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  set(key: string, value: string, options?: { NX?: true; PX?: number }): Promise<string | null>
  hSet(key: string, field: string, value: string): Promise<unknown>
  /** 1 or true when the field was not there. */
  hSetNX(key: string, field: string, value: string): Promise<unknown>
  hGet(key: string, field: string): Promise<string | null | undefined>
  hKeys(key: string): Promise<string[]>
  hGetAll(key: string): Promise<Record<string, string>>
  hDel(key: string, field: string): Promise<unknown>
  hLen(key: string): Promise<unknown>
  zAdd(key: string, member: { readonly score: number; readonly value: string }): Promise<unknown>
  zCard(key: string): Promise<unknown>
  zCount(key: string, from: number, to: number): Promise<unknown>
  zRangeByScore(key: string, from: number, to: number): Promise<string[]>
  zRemRangeByScore(key: string, from: number, to: number): Promise<unknown>
  /** Commands that are done together, or not at all. */
  multi(): RedisTransaction
}

export interface RedisTransaction {
  hIncrBy(key: string, field: string, by: number): RedisTransaction
  expire(key: string, seconds: number): RedisTransaction
  exec(): Promise<unknown>
}

export interface RedisClientOptions {
  readonly address: RedisAddress
  readonly password: string | undefined
  readonly name: string
}

const CONNECT_TIMEOUT_MS = 5000
const PING_INTERVAL_MS = 5000
/** A Redis that takes no more costs no memory here. */
const MAX_QUEUED = 10_000
const MAX_RECONNECT_MS = 15_000

export function createRedisClient({ address, password, name }: RedisClientOptions): RedisCommands {
  const socket = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A peer that says nothing, not even to the PINGs, is gone.
    socketTimeout: 3 * PING_INTERVAL_MS,
    reconnectStrategy: reconnectDelayMs,
    ...(address.tls && { tls: true as const }),
  }
  const options = {
    ...(address.user !== undefined && { username: address.user }),
    ...(password !== undefined && { password }),
    name,
    // What is old when Redis is back is of no use.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED,
    pingInterval: PING_INTERVAL_MS,
  }
  switch (address.kind) {
    case 'single': {
      const [{ host, port }] = address.hosts
      return createClient({
        ...options,
        database: address.database,
        socket: { ...socket, host, port },
      })
    }
    case 'cluster':
      return createCluster({
        rootNodes: address.hosts.map(({ host, port }) => ({ socket: { host, port } })),
        defaults: { ...options, socket },
      })
    case 'sentinel':
      return createSentinel({
        name: address.master,
        sentinelRootNodes: address.hosts.map(({ host, port }) => ({ host, port })),
        nodeClientOptions: { ...options, socket },
      })
  }
}

/** Doubles up to a limit, with jitter: a fleet that lost its Redis doesn't come back all at once. */
function reconnectDelayMs(retries: number): number {
  return Math.min(MAX_RECONNECT_MS, 200 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2)
}

/** Redis is there, and says no. */
export const isRefusal = (error: unknown): error is Error => error instanceof ErrorReply

/** There is no connection now, or it is only being made. */
export const isOffline = (error: unknown): boolean => error instanceof ClientOfflineError
