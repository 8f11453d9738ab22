import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
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
  /** In bytes, what may come from this client at most. */
  forClient(client: ClientFacts): number
  /** The lower limit of a sender or recipient, if it has one. */
  forSender(address: string): number | undefined
  forRecipient(address: string): number | undefined
}

/**
 * Limits by host, sender and recipient, all below the global one. Within one map the nearest entry counts:
 * address before network, longer prefix before shorter, hostname before .domain, address before @domain.
 * Between the maps the smallest wins. Lookups cost the same whether a map has ten entries or 100,000.
 */
export function createSizeLimits(settings: MessageSize): SizeLimits {
  const hosts = Object.entries(settings.hosts)
  const networks = createNetworks(hosts.filter(([key]) => isNetwork(key)))
  const names = new Map(
    hosts.filter(([key]) => !isNetwork(key)).map(([key, bytes]) => [key.toLowerCase(), bytes]),
  )
  const senders = byAddress(settings.senders)
  const recipients = byAddress(settings.recipients)
  return {
    usesNames: names.size > 0,
    forClient: (client) =>
      least([settings.limit, networks(client.ip), ...client.names.map((name) => forName(names, name))]),
    forSender: senders,
    forRecipient: recipients,
  }
}

/** The smallest of the limits that apply. */
export function least(limits: readonly (number | undefined)[]): number {
  return Math.min(...limits.filter((limit) => limit !== undefined))
}

const isNetwork = (key: string): boolean => isIP(key.split('/')[0] ?? '') !== 0

/** `anna@example.com` before `@example.com`; domains are compared without case, local parts too. */
function byAddress(limits: Readonly<Record<string, number>>) {
  const entries = new Map(Object.entries(limits).map(([key, bytes]) => [key.toLowerCase(), bytes]))
  return (address: string): number | undefined => {
    const lower = address.toLowerCase()
    return entries.get(lower) ?? entries.get(lower.slice(lower.lastIndexOf('@')))
  }
}

/** `mx.example.com`, then `.example.com`, then `.com`. */
function forName(names: ReadonlyMap<string, number>, name: string): number | undefined {
  const exact = names.get(name)
  if (exact !== undefined) return exact
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const bytes = names.get(name.slice(dot))
    if (bytes !== undefined) return bytes
  }
  return undefined
}

interface PrefixGroup {
  readonly prefix: number
  /** Network address as bytes in hex: limit. */
  readonly networks: Map<string, number>
}

/** Longest prefix first, one hash lookup a prefix length. */
function createNetworks(entries: readonly (readonly [string, number])[]) {
  const groups = {
    ipv4: new Map<number, Map<string, number>>(),
    ipv6: new Map<number, Map<string, number>>(),
  }
  for (const [key, limit] of entries) {
    const [address = '', bits] = key.split('/')
    const ip = ipaddr.process(address)
    const prefix = bits === undefined ? ip.toByteArray().length * 8 : Number(bits)
    const group = groups[ip.kind()]
    const networks = group.get(prefix) ?? new Map<string, number>()
    group.set(prefix, networks.set(maskedKey(ip.toByteArray(), prefix), limit))
  }
  const sorted = { ipv4: longestFirst(groups.ipv4), ipv6: longestFirst(groups.ipv6) }
  return (address: string): number | undefined => {
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

function longestFirst(groups: ReadonlyMap<number, Map<string, number>>): readonly PrefixGroup[] {
  return [...groups].map(([prefix, networks]) => ({ prefix, networks })).sort((a, b) => b.prefix - a.prefix)
}

function maskedKey(bytes: readonly number[], prefix: number): string {
  return bytes
    .map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefix - index * 8))) & 0xff)
    .join('.')
}
