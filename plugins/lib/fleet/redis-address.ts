/**
 * Where the Redis of a fleet is: one server, the nodes of a Redis Cluster, or the sentinels that know the master.
 *
 *     redis://host:6379/2                        rediss://…           with TLS
 *     redis-cluster://a:7000,b:7000              rediss-cluster://…
 *     redis-sentinel://a:26379,b:26379/mymaster  rediss-sentinel://…
 *
 * A user may stand before the hosts (`redis://anna@host`); the password is a secret of its own.
 */
export type RedisAddress = {
  readonly tls: boolean
  readonly user?: string
  readonly hosts: readonly [RedisHost, ...RedisHost[]]
} & (
  | { readonly kind: 'single'; readonly database: number }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'sentinel'; readonly master: string }
)

export interface RedisHost {
  readonly host: string
  readonly port: number
}

const form = /^redis(s?)(?:-(cluster|sentinel))?:\/\/(?:([^@/:]*)@)?([^@/]+)(?:\/([\w.-]*))?$/

/** Throws what would be right. */
export function parseRedisAddress(text: string): RedisAddress {
  const match = form.exec(text)
  if (!match)
    throw new Error('must be like redis://host:6379, redis-cluster://a,b or redis-sentinel://a,b/master')
  const [, secure, kind = 'single', user, hostList = '', rest = ''] = match
  const hosts = hostList.split(',').map((host) => parseHost(host, kind === 'sentinel' ? 26_379 : 6379))
  const [first, ...others] = hosts
  if (!first || (kind === 'single' && others.length > 0)) {
    throw new Error('must name one host; several are redis-cluster:// or redis-sentinel://')
  }
  const common = { tls: secure === 's', hosts: [first, ...others] as const, ...(user && { user }) }
  if (kind === 'cluster') {
    if (rest !== '') throw new Error('must have no database: a Redis Cluster has just one')
    return { ...common, kind }
  }
  if (kind === 'sentinel') {
    if (rest === '') throw new Error('must end with the name of the master: redis-sentinel://a,b/mymaster')
    return { ...common, kind, master: rest }
  }
  if (rest !== '' && !/^\d{1,5}$/.test(rest))
    throw new Error('must end with a number, that of the database, or with nothing')
  return { ...common, kind: 'single', database: Number(rest) }
}

export function isRedisAddress(text: string): boolean {
  try {
    parseRedisAddress(text)
    return true
  } catch {
    return false
  }
}

function parseHost(text: string, defaultPort: number): RedisHost {
  const match = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text)
  const port = Number(match?.[2] ?? defaultPort)
  if (!match || port < 1 || port > 65_535) {
    throw new Error(`must have hosts like name, name:6379 or [2001:db8::1]:6379, not ${JSON.stringify(text)}`)
  }
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port }
}

/** For people: without user. */
export const redisAddressText = ({ hosts }: RedisAddress): string =>
  hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ')
