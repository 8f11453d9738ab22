import { parse, parseDocument } from 'yaml'
import { settingsSchema, type DomainSource } from '../../lib/settings/schema'
import { canonicalName } from '../../lib/lists/query-name'
import { isSameKey, sectionOf, type CarriedKey, type CarriedList } from './carried'
import { appendItems, setValue } from '../../lib/settings/edit/yaml-edit'

/** Sections, their providers, and the entries of each: a name or a map of options. */
type Entries = Record<string, Record<string, unknown[] | null> | null>

/** A list of the import, and whether the settings had it before. */
export interface Placed {
  readonly list: CarriedList
  readonly isNew: boolean
}

/** Writes lists into the text of gateway.yaml; what stands there stays. */
export function addLists(
  text: string,
  lists: readonly CarriedList[],
): { readonly text: string; readonly placed: readonly Placed[] } {
  const before = parse(text) as Entries | null
  const placed = lists.map((list) => {
    const there = before?.[sectionOf(list.kind)]?.[list.provider] ?? []
    return { list, isNew: !there.some((entry) => nameOf(entry) === list.list) }
  })
  const added = placed.filter(({ isNew }) => isNew).map(({ list }) => list)
  const places = new Map(added.map(({ kind, provider }) => [`${kind} ${provider}`, { kind, provider }]))
  const edited = [...places.values()].reduce((soFar, place) => {
    const here = added.filter(({ kind, provider }) => kind === place.kind && provider === place.provider)
    return appendItems(soFar, [sectionOf(place.kind), place.provider], here.map(entryOf))
  }, text)
  return { text: edited, placed }
}

/** Adds places that domain lists are asked about; without any written, the default ones are in force. */
export function addSources(text: string, sources: readonly DomainSource[]): string {
  const { domain_sources: written } = (parse(text) ?? {}) as { domain_sources?: readonly string[] | null }
  if (written) {
    const missing = sources.filter((source) => !written.includes(source))
    return missing.length === 0 ? text : appendItems(text, ['domain_sources'], missing)
  }
  if (sources.length === 0) return text
  return appendItems(
    text,
    ['domain_sources'],
    [...settingsSchema.shape.domain_sources.parse(undefined), ...sources],
  )
}

/** Writes keys into the text of gateway.secrets.yaml; a provider's key that stands there stays. */
export function addKeys(
  text: string,
  keys: readonly CarriedKey[],
): {
  readonly text: string
  readonly newKeys: readonly CarriedKey[]
  readonly keptKeys: readonly CarriedKey[]
} {
  const document = parseDocument(text)
  const before = ({ provider }: CarriedKey): unknown => document.getIn(['providers', provider, 'key'])
  const newKeys = keys.filter((carried) => before(carried) === undefined)
  const keptKeys = keys.filter((carried) => {
    const there = before(carried)
    return typeof there === 'string' && !isSameKey(there, carried.key)
  })
  const edited = newKeys.reduce(
    (soFar, { provider, key }) => setValue(soFar, ['providers', provider, 'key'], key),
    text,
  )
  return { text: edited, newKeys, keptKeys }
}

function entryOf({ provider, list, options }: CarriedList): unknown {
  if (Object.keys(options).length === 0) return list
  return { [provider === 'custom' ? 'zone' : 'list']: list, ...options }
}

/** The list that an entry speaks of, alone or with options. */
function nameOf(entry: unknown): string | undefined {
  const { zone, list } = entry as { zone?: unknown; list?: unknown }
  const written = [entry, zone, list].find((text) => typeof text === 'string')
  return written === undefined ? undefined : (canonicalName(written) ?? written)
}
