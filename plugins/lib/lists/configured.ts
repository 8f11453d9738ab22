import { basename, extname, normalize } from 'node:path'
import type { CustomListEntry, Secrets, Settings } from '../settings/schema'
import { findClosure, findKeyedList, findPublicLists, type KnownList, type Provider } from './catalogue'
import { defaultList } from './catalogue/default-list'
import { createCodeTable, type CodeOverrides, type CodeTable } from './code-table'
import { findKeyedZone, providers, type KeyedZone } from './keyed-zone'
import { canonicalName } from './query-name'
import type { ListAction, ListKind } from './types'

export const listKinds = ['ip_blocklist', 'ip_allowlist', 'domain_blocklist', 'uri_blocklist'] as const

export type SettingsPath = readonly (string | number)[]

/** Options of an entry, the same for zones, files and providers' lists. */
export interface ListOptions {
  readonly name?: string | undefined
  readonly action?: 'reject' | 'score' | 'note' | undefined
  readonly score?: number | undefined
  readonly codes?: CodeOverrides | undefined
}

interface CommonList {
  /** Kind and public identity: the same list keeps it over a change of settings. */
  readonly id: string
  /** Public name: never holds a key. */
  readonly name: string
  readonly kind: ListKind
  /** Where it stands in gateway.yaml. */
  readonly path: SettingsPath
  /** Points a listing adds when its action is `score`. */
  readonly score: number
}

export interface DnsList extends CommonList {
  readonly source: 'dns'
  readonly known: KnownList
  /** Known lists have tables and test points of their own; a zone that nobody knows gets the default. */
  readonly isKnown: boolean
  readonly table: CodeTable
  /** The zone for people: a key in it reads `<key>`. */
  readonly publicZone: string
  /** The zone to ask. A function, so that a key never gets into a log by printing the list. */
  zone(): string
  /** Why it cannot be asked at all, and what to do. */
  readonly problem?: string
}

export interface FileList extends CommonList {
  readonly source: 'file'
  /** Relative to the configuration folder, as the settings say. */
  readonly file: string
  readonly action: ListAction
}

export type ConfiguredList = DnsList | FileList

/** An entry of the settings with the place where it stands. */
export type PlacedEntry = { readonly kind: ListKind; readonly path: SettingsPath } & (
  | { readonly from: 'file'; readonly file: string; readonly options: ListOptions }
  | {
      readonly from: 'zone'
      /** As it is asked; may hold a key that somebody wrote here by mistake. */
      readonly zone: string
      readonly keyed: KeyedZone | undefined
      readonly options: ListOptions
    }
  | {
      readonly from: 'provider'
      readonly provider: Provider
      readonly list: string
      readonly options: ListOptions
    }
)

/** All lists of the settings, in their order. Invalid entries come out as lists with a problem. */
export function configuredLists(settings: Settings, secrets: Secrets): readonly ConfiguredList[] {
  const lists = placedEntries(settings).map((entry) => configuredList(entry, settings, secrets))
  return [...new Map(lists.toReversed().map((list) => [list.id, list])).values()].toReversed()
}

export function placedEntries(settings: Settings): readonly PlacedEntry[] {
  return listKinds.flatMap((kind) => {
    const section = `${kind}s` as const
    const group: Partial<Record<Provider, readonly ProviderEntry[]>> & {
      readonly custom: readonly CustomListEntry[]
    } = settings[section]
    const ofProviders = providers.flatMap((provider) =>
      (group[provider] ?? []).map((entry, at) =>
        placeProviderEntry(kind, provider, entry, [section, provider, at]),
      ),
    )
    return [
      ...ofProviders,
      ...group.custom.map((entry, at) => placeCustom(kind, entry, [section, 'custom', at], settings)),
    ]
  })
}

type ProviderEntry = string | ({ readonly list: string } & ListOptions)

function placeProviderEntry(
  kind: ListKind,
  provider: Provider,
  entry: ProviderEntry,
  path: SettingsPath,
): PlacedEntry {
  if (typeof entry === 'string') return { from: 'provider', kind, path, provider, list: entry, options: {} }
  const { list, ...options } = entry
  return { from: 'provider', kind, path, provider, list, options }
}

function placeCustom(
  kind: ListKind,
  entry: CustomListEntry,
  path: SettingsPath,
  settings: Settings,
): PlacedEntry {
  if (typeof entry === 'object' && 'file' in entry) {
    const { file, ...options } = entry
    return { from: 'file', kind, path, file: normalize(file), options }
  }
  const { zone: written, ...options } = typeof entry === 'string' ? { zone: entry } : entry
  const zone = canonicalZone(written)
  return { from: 'zone', kind, path, zone, keyed: findKeyedZone(zone, kind, settings), options }
}

/** As the DNS compares it: lower case, A-labels. */
function canonicalZone(zone: string): string {
  return canonicalName(zone) ?? zone.toLowerCase()
}

function configuredList(entry: PlacedEntry, settings: Settings, secrets: Secrets): ConfiguredList {
  switch (entry.from) {
    case 'file':
      return fileList(entry)
    case 'zone':
      return zoneList(entry)
    case 'provider':
      return providerList(entry, settings, secrets)
  }
}

function fileList(entry: Extract<PlacedEntry, { from: 'file' }>): FileList {
  const { kind, path, file, options } = entry
  return {
    source: 'file',
    id: entryId(entry),
    name: options.name ?? `local list ${basename(file, extname(file))}`,
    kind,
    path,
    score: options.score ?? 1,
    file,
    action: chosenAction(options) ?? (kind === 'ip_allowlist' ? 'allow' : 'reject'),
  }
}

function zoneList(entry: Extract<PlacedEntry, { from: 'zone' }>): DnsList {
  const { kind, zone, keyed } = entry
  const sameZone = findPublicLists(zone)
  const known = sameZone.find(({ kinds }) => kinds.includes(kind))
  const publicZone = keyed?.publicZone ?? zone
  return dnsList(entry, {
    known: known ?? sameZone[0] ?? defaultList(publicZone, kind),
    isKnown: sameZone.length > 0,
    publicZone,
    zone: () => zone,
    problem: zoneProblem(entry),
  })
}

/** Why a zone cannot be asked in this place, in words that follow its name. */
export function zoneProblem({
  zone,
  kind,
  keyed,
}: Extract<PlacedEntry, { from: 'zone' }>): string | undefined {
  if (keyed) return keyed.advice
  const closure = findClosure(zone)
  if (closure !== undefined) return `must not be asked any more: ${closure}`
  const sameZone = findPublicLists(zone)
  if (sameZone.length === 0 || sameZone.some(({ kinds }) => kinds.includes(kind))) return undefined
  const kinds = sameZone.flatMap((known) => known.kinds)
  const takes = sameZone.some(({ inputs }) => inputs.includes('name')) ? 'domain names' : 'IP addresses'
  return `takes ${takes} and is meant for ${kinds.map((right) => `${right}s`).join(' or ')}: move it there`
}

function providerList(
  entry: Extract<PlacedEntry, { from: 'provider' }>,
  settings: Settings,
  secrets: Secrets,
): DnsList {
  const { provider, list, kind } = entry
  const suffix = settings.providers[provider].zone
  const key = secrets.providers[provider]?.key
  const known = findKeyedList(provider, list, kind)
  return dnsList(entry, {
    known: known ?? defaultList(`${provider} ${list}`, kind),
    isKnown: known !== undefined,
    publicZone: `<key>.${list}.${suffix || '<zone>'}`,
    zone: () => `${key ?? ''}.${list}.${suffix}`,
    problem: missing(provider, suffix, key),
  })
}

function missing(provider: Provider, suffix: string, key: string | undefined): string | undefined {
  if (suffix === '') {
    return `needs a zone: set providers.${provider}.zone to the suffix that came with the key`
  }
  if (key === undefined) return `needs a key: set providers.${provider}.key in config/gateway.secrets.yaml`
  if (!/^[\w-]{1,63}$/.test(key))
    return `has a key that cannot stand in a DNS name: check providers.${provider}.key`
  return undefined
}

function dnsList(
  entry: Exclude<PlacedEntry, { from: 'file' }>,
  facts: Pick<DnsList, 'known' | 'isKnown' | 'publicZone' | 'zone'> & {
    readonly problem: string | undefined
  },
): DnsList {
  const { problem, ...rest } = facts
  return {
    source: 'dns',
    id: entryId(entry),
    name: entry.options.name ?? facts.known.name,
    kind: entry.kind,
    path: entry.path,
    score: entry.options.score ?? 1,
    ...rest,
    table: createCodeTable(facts.known, { action: chosenAction(entry.options), codes: entry.options.codes }),
    ...(problem === undefined ? {} : { problem }),
  }
}

/** A score without an action says that the list is for scoring. */
function chosenAction({ action, score }: ListOptions): ListOptions['action'] {
  return action ?? (score === undefined ? undefined : 'score')
}

/** Kind and public identity; a key never is part of it. */
export function entryId(entry: PlacedEntry): string {
  switch (entry.from) {
    case 'file':
      return `${entry.kind}/file/${entry.file}`
    case 'zone':
      return `${entry.kind}/custom/${entry.keyed?.publicZone ?? entry.zone}`
    case 'provider':
      return `${entry.kind}/${entry.provider}/${entry.list}`
  }
}
