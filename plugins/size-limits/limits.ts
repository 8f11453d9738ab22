import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { SizeLimit } from '../lib/haraka/notes'
import type { Settings } from '../lib/settings/schema'

export type MessageSize = Settings['message_size']

/** Who sends the message, as far as is known. */
export interface ClientFacts {
  readonly ip: string
  /** Forward-confirmed names of the client, canonical. */
  readonly names: readonly string[]
}

export interface SizeLimits {
  /** Whether names of clients matter, so that nobody looks them up in vain. */
  readonly usesNames: boolean
  /** What may come from this client at most. */
  forClient(client: ClientFacts): SizeLimit
  /** The lower limit of a sender or recipient, if it has one. */
  forSender(address: string): SizeLimit | undefined
  forRecipient(address: string): SizeLimit | undefined
}

/**
 * Limits by host, sender and recipient, all below the global one. Within one map the nearest entry counts:
 * address before network, longer prefix before shorter, hostname before .domain, address before @domain.
 * Between the maps the smallest wins. Lookups cost the same whether a map has ten entries or 100,000.
 */
export function createSizeLimits(settings: MessageSize): SizeLimits {
  const all = { bytes: settings.limit, rule: 'limit', key: '' } as const
  const hosts = limitsOf('hosts', settings.hosts)
  const networks = createNetworks(hosts.filter(([key]) => isNetwork(key)))
  const names = new Map(
    hosts.filter(([key]) => !isNetwork(key)).map(([key, limit]) => [key.toLowerCase(), limit]),
  )
  const senders = byAddress(limitsOf('senders', settings.senders))
  const recipients = byAddress(limitsOf('recipients', settings.recipients))
  return {
    usesNames: names.size > 0,
    forClient: (client) =>
      least(all, [networks(client.ip), ...client.names.map((name) => forName(names, name))]),
    forSender: senders,
    forRecipient: recipients,
  }
}

/** The smallest of the limits that apply. */
export function least(first: SizeLimit, others: readonly (SizeLimit | undefined)[]): SizeLimit {
  return others.reduce<SizeLimit>(
    (least, other) => (other && other.bytes < least.bytes ? other : least),
    first,
  )
}

type Entry = readonly [key: string, limit: SizeLimit]

function limitsOf(rule: SizeLimit['rule'], settings: Readonly<Record<string, number>>): readonly Entry[] {
  return Object.entries(settings).map(([key, bytes]) => [key, { bytes, rule, key }])
}

const isNetwork = (key: string): boolean => isIP(key.split('/')[0] ?? '') !== 0

/** `anna@example.com` before `@example.com`; domains are compared without case, local parts too. */
function byAddress(limits: readonly Entry[]) {
  const entries = new Map(limits.map(([key, limit]) => [key.toLowerCase(), limit]))
  return (address: string): SizeLimit | undefined => {
    const lower = address.toLowerCase()
    return entries.get(lower) ?? entries.get(lower.slice(lower.lastIndexOf('@')))
  }
}

/** `mx.example.com`, then `.example.com`, then `.com`. */
function forName(names: ReadonlyMap<string, SizeLimit>, name: string): SizeLimit | undefined {
  const exact = names.get(name)
  if (exact !== undefined) return exact
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const limit = names.get(name.slice(dot))
    if (limit !== undefined) return limit
  }
  return undefined
}

interface PrefixGroup {
  readonly prefix: number
  /** Network address as bytes in hex: limit. */
  readonly networks: Map<string, SizeLimit>
}

/** Longest prefix first, one hash lookup a prefix length. */
function createNetworks(entries: readonly Entry[]) {
  const groups = {
    ipv4: new Map<number, Map<string, SizeLimit>>(),
    ipv6: new Map<number, Map<string, SizeLimit>>(),
  }
  for (const [key, limit] of entries) {
    const [address = '', bits] = key.split('/')
    const ip = ipaddr.process(address)
    const prefix = bits === undefined ? ip.toByteArray().length * 8 : Number(bits)
    const group = groups[ip.kind()]
    const networks = group.get(prefix) ?? new Map<string, SizeLimit>()
    group.set(prefix, networks.set(maskedKey(ip.toByteArray(), prefix), limit))
  }
  const sorted = { ipv4: longestFirst(groups.ipv4), ipv6: longestFirst(groups.ipv6) }
  return (address: string): SizeLimit | undefined => {
    if (!ipaddr.isValid(address)) return undefined
    const ip = ipaddr.process(address)
    const bytes = ip.toByteArray()
    for (const { prefix, networks } of sorted[ip.kind()]) {
      const limit = networks.get(maskedKey(bytes, prefix))
      if (limit !== undefined) return limit
    }
    return undefined
  }
}

function longestFirst(groups: ReadonlyMap<number, Map<string, SizeLimit>>): readonly PrefixGroup[] {
  return [...groups].map(([prefix, networks]) => ({ prefix, networks })).sort((a, b) => b.prefix - a.prefix)
}

function maskedKey(bytes: readonly number[], prefix: number): string {
  return bytes
    .map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefix - index * 8))) & 0xff)
    .join('.')
}
