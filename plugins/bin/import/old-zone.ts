import {
  findClosure,
  findKeyedList,
  findPublicLists,
  type KnownList,
  type ListKind,
  type Provider,
} from '../../lib/lists'
import { canonicalName } from '../../lib/lists/query-name'

/** A zone of the old configuration, as it is asked here. */
export type OldZone =
  | { readonly kind: 'public'; readonly name: string; readonly known: readonly KnownList[] }
  | {
      readonly kind: 'keyed'
      /** With `<key>` for the key. */
      readonly name: string
      readonly provider: Provider
      readonly lists: readonly string[]
      readonly key?: string
    }
  | { readonly kind: 'unusable'; readonly name: string; readonly why: string }

const suffixes = { 'spamhaus-dqs': 'dq.spamhaus.net', abusix: 'mail.abusix.zone' } as const

/** `keyOption` is a key that stood beside the zone instead of in it. */
export function readZone(text: string, keyOption?: string): OldZone {
  for (const [provider, suffix] of Object.entries(suffixes) as [keyof typeof suffixes, string][]) {
    const name = text.toLowerCase().replace(/\.$/, '')
    if (name.endsWith(`.${suffix}`)) {
      return readKeyedZone(text.slice(0, name.length - suffix.length - 1), provider, keyOption)
    }
  }
  const zone = canonicalName(text)
  if (zone === undefined) return { kind: 'unusable', name: 'a zone', why: 'its name is no name of the DNS' }
  if (keyOption !== undefined) {
    const why = `it has a key, and keys are known of ${Object.keys(suffixes).join(' and ')} only`
    return { kind: 'unusable', name: zone, why }
  }
  const closure = findClosure(zone)
  if (closure !== undefined)
    return { kind: 'unusable', name: zone, why: `must not be asked any more: ${closure}` }
  return { kind: 'public', name: zone, known: findPublicLists(zone) }
}

/** `<key>.zen` and `zen`, before the suffix; everything but the last label is the key, or nothing we know. */
function readKeyedZone(labels: string, provider: keyof typeof suffixes, keyOption?: string): OldZone {
  const [last = '', ...more] = labels.split('.').toReversed()
  const list = last.toLowerCase()
  const key = keyOption ?? more[0]
  const name = [
    ...(more.length === 0 ? [] : ['<key>']),
    isListOf(provider, list) ? list : '<list>',
    suffixes[provider],
  ].join('.')
  if (!isListOf(provider, list) || more.length > 1) {
    return { kind: 'unusable', name, why: `that is no list of ${provider} that the gateway knows` }
  }
  if (key !== undefined && !/^[\w-]{1,63}$/.test(key)) {
    return { kind: 'unusable', name, why: 'its key cannot stand in a DNS name' }
  }
  // Offered by Spamhaus in one zone, here as its two parts.
  const lists = list === 'sbl-xbl' ? ['sbl', 'xbl'] : [list]
  return { kind: 'keyed', name, provider, lists, ...(key === undefined ? {} : { key }) }
}

const kinds: readonly ListKind[] = ['ip_blocklist', 'ip_allowlist', 'domain_blocklist', 'uri_blocklist']

function isListOf(provider: Provider, list: string): boolean {
  return kindsOf(provider, list).length > 0
}

export function kindsOf(provider: Provider, list: string): readonly ListKind[] {
  return kinds.filter((kind) => findKeyedList(provider, list, kind) !== undefined)
}

/** The list as the catalogue knows it in this place. */
export function findKnown(zone: OldZone, kind: ListKind): KnownList | undefined {
  if (zone.kind === 'public') return zone.known.find(({ kinds }) => kinds.includes(kind))
  return zone.kind === 'keyed' ? findKeyedList(zone.provider, zone.lists[0] ?? '', kind) : undefined
}

/** Where the catalogue has a place for it; none when nobody knows the list. */
export function knownKinds(zone: OldZone): readonly ListKind[] {
  if (zone.kind === 'public') return zone.known.flatMap(({ kinds }) => kinds)
  return zone.kind === 'keyed' ? kindsOf(zone.provider, zone.lists[0] ?? '') : []
}
