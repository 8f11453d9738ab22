import type { Resolver } from '../dns'
import { registerHook } from '../haraka/hook'
import { rehearsalOf } from '../haraka/rehearsal'
import { sessionNotes } from '../haraka/notes'
import type { HarakaConnection, HarakaPlugin } from '../haraka/types'
import { ipBytes } from '../lists/ip-address'
import { reversed } from '../lists/query-name'

/** The names of a client by its address (RFC 1035 3.5, RFC 3596 2.5). */
export interface ReverseNames {
  /** `failed`: the DNS gave no answer in time, so nothing is known. */
  readonly kind: 'found' | 'none' | 'failed'
  /** All PTR names, canonical, at most 10. */
  readonly names: readonly string[]
  /** Those whose own address records lead back to the client. */
  readonly confirmed: Promise<readonly string[]>
}

/** The greeting waits for the PTR; a dead resolver must not make it wait longer than this. */
const PTR_TIMEOUT_MS = 1000
const MAX_NAMES = 10

/** Looks a client's names up once a session, whoever asks first. Never rejects. */
export function useReverseNames(resolver: Resolver, connection: HarakaConnection): Promise<ReverseNames> {
  const told = rehearsalOf(connection)?.reverseNames
  return (sessionNotes(connection).reverseNames ??= told
    ? Promise.resolve(told)
    : lookupReverseNames(resolver, connection.remote.ip))
}

/**
 * Answers Haraka's own question for the client's name. Haraka alone asks with the system's resolver, which keeps
 * the greeting waiting for tens of seconds when that is dead, and asks again what we have asked already.
 */
export function answerReverseLookups(plugin: HarakaPlugin, resolver: Resolver): void {
  registerHook(plugin, 'lookup_rdns', { onError: 'pass' }, async (connection) => {
    if (connection.remote.is_local) return { kind: 'accept', text: 'localhost' }
    const { kind, names } = await useReverseNames(resolver, connection)
    // The words by which Haraka and its plugins know a client without a name.
    return { kind: 'accept', text: names[0] ?? (kind === 'failed' ? 'DNSERROR' : 'NXDOMAIN') }
  })
}

export async function lookupReverseNames(resolver: Resolver, ip: string): Promise<ReverseNames> {
  const bytes = ipBytes(ip)
  if (!bytes) return { kind: 'none', names: [], confirmed: Promise.resolve([]) }
  const zone = bytes.length === 4 ? 'in-addr.arpa' : 'ip6.arpa'
  const answer = await resolver.lookup(`${reversed(bytes)}.${zone}`, 'PTR', { timeoutMs: PTR_TIMEOUT_MS })
  switch (answer.kind) {
    case 'records': {
      const names = answer.records.slice(0, MAX_NAMES)
      return { kind: 'found', names, confirmed: confirm(resolver, ip, names) }
    }
    case 'nodata':
    case 'nxdomain':
      return { kind: 'none', names: [], confirmed: Promise.resolve([]) }
    case 'failed':
    case 'timeout':
    case 'unreachable':
      return { kind: 'failed', names: [], confirmed: Promise.resolve([]) }
  }
}

/** Forward confirmation: of all that can be known about a name, only this is not in the client's own hand. */
async function confirm(resolver: Resolver, ip: string, names: readonly string[]): Promise<readonly string[]> {
  const address = ipBytes(ip)
  const type = address?.length === 4 ? 'A' : 'AAAA'
  const leadsBack = await Promise.all(
    names.map(async (name) => {
      const answer = await resolver.lookup(name, type)
      return answer.kind === 'records' && answer.records.some((record) => isSameAddress(record, address))
    }),
  )
  return names.filter((_, index) => leadsBack[index])
}

function isSameAddress(record: string, address: Uint8Array | undefined): boolean {
  const bytes = ipBytes(record)
  return bytes !== undefined && address !== undefined && Buffer.compare(bytes, address) === 0
}
