import type { DnsAnswer, Resolver } from '../dns'
import { registerHook } from '../haraka/hook'
import { rehearsalOf } from '../haraka/rehearsal'
import { sessionNotes } from '../haraka/notes'
import type { HarakaConnection, HarakaPlugin } from '../haraka/types'
import { ipBytes } from '../lists/ip-address'
import { reversed } from '../lists/query-name'
import { allKnown, andThen, type Pending } from '../pending'

/** The names of a client by its address (RFC 1035 3.5, RFC 3596 2.5). */
export interface ReverseNames {
  /** `failed`: the DNS gave no answer in time, so nothing is known. */
  readonly kind: 'found' | 'none' | 'failed'
  /** All PTR names, canonical, at most 10. */
  readonly names: readonly string[]
  /** Those whose own address records lead back to the client. */
  readonly confirmed: Pending<readonly string[]>
}

/** The greeting waits for the PTR; a dead resolver must not make it wait longer than this. */
const PTR_TIMEOUT_MS = 1000
const MAX_NAMES = 10

/** Looks a client's names up once a session, whoever asks first. Never rejects. */
export function useReverseNames(resolver: Resolver, connection: HarakaConnection): Pending<ReverseNames> {
  const told = rehearsalOf(connection)?.reverseNames
  return (sessionNotes(connection).reverseNames ??=
    told ?? lookupReverseNames(resolver, connection.remote.ip))
}

/**
 * Answers Haraka's own question for the client's name. Haraka alone asks with the system's resolver, which keeps
 * the greeting waiting for tens of seconds when that is dead, and asks again what we have asked already.
 */
export function answerReverseLookups(plugin: HarakaPlugin, resolver: Resolver): void {
  registerHook(plugin, 'lookup_rdns', { onError: 'pass' }, (connection) => {
    if (connection.remote.is_local) return { kind: 'accept', text: 'localhost' }
    return andThen(useReverseNames(resolver, connection), ({ kind, names }) => ({
      kind: 'accept',
      // The words by which Haraka and its plugins know a client without a name.
      text: names[0] ?? (kind === 'failed' ? 'DNSERROR' : 'NXDOMAIN'),
    }))
  })
}

const noNames: ReverseNames = { kind: 'none', names: [], confirmed: [] }
const unknownNames: ReverseNames = { kind: 'failed', names: [], confirmed: [] }

export function lookupReverseNames(resolver: Resolver, ip: string): Pending<ReverseNames> {
  const bytes = ipBytes(ip)
  if (!bytes) return noNames
  const zone = bytes.length === 4 ? 'in-addr.arpa' : 'ip6.arpa'
  const answer = resolver.lookup(`${reversed(bytes)}.${zone}`, 'PTR', { timeoutMs: PTR_TIMEOUT_MS })
  return andThen(answer, (known) => readNames(resolver, ip, known))
}

function readNames(resolver: Resolver, ip: string, answer: DnsAnswer): ReverseNames {
  switch (answer.kind) {
    case 'records': {
      const names = answer.records.slice(0, MAX_NAMES)
      return { kind: 'found', names, confirmed: confirm(resolver, ip, names) }
    }
    case 'nodata':
    case 'nxdomain':
      return noNames
    case 'failed':
    case 'timeout':
    case 'unreachable':
      return unknownNames
  }
}

/** Forward confirmation: of all that can be known about a name, only this is not in the client's own hand. */
function confirm(resolver: Resolver, ip: string, names: readonly string[]): Pending<readonly string[]> {
  const address = ipBytes(ip)
  const type = address?.length === 4 ? 'A' : 'AAAA'
  const answers = allKnown(names.map((name) => resolver.lookup(name, type)))
  return andThen(answers, (known) =>
    names.filter((_, index) => {
      const answer = known[index]
      return answer?.kind === 'records' && answer.records.some((record) => isSameAddress(record, address))
    }),
  )
}

function isSameAddress(record: string, address: Uint8Array | undefined): boolean {
  const bytes = ipBytes(record)
  return bytes !== undefined && address !== undefined && Buffer.compare(bytes, address) === 0
}
