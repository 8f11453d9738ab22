import { booleanOf, mergeIni, textOf, type HarakaIni, type IniSection } from './haraka-ini'
import type { HarakaFolder } from './haraka-folder'
import { knownKinds, readZone } from './old-zone'

/** A zone that a stock plugin asks about client addresses. */
export interface OldList {
  readonly zone: string
  readonly type: 'block' | 'allow' | 'karma'
  readonly refuses: boolean
  readonly options: IniSection | undefined
  readonly file: string
}

export interface OldFile {
  readonly file: 'dns-list.ini' | 'dnsbl.ini' | 'dnswl.ini'
  /** What the plugin went by: its own file and the instance's. */
  readonly ini: HarakaIni
  /** What the operator wrote. */
  readonly own: HarakaIni | undefined
}

/** Zones that the stock plugins ask, each once. */
export function oldLists(folder: HarakaFolder, files: readonly OldFile[]): readonly OldList[] {
  const lists = [
    // The plugin takes a zone of this file for an allowlist, whatever else is said about it.
    ...zonesOf(folder, 'dnswl.zones', 'allow', files),
    ...files.flatMap(listsOfIni),
    ...zonesOf(folder, 'dnsbl.zones', 'block', files),
  ]
  const byZone = new Map(lists.toReversed().map((list) => [list.zone.toLowerCase(), list]))
  return [...byZone.values()].toReversed()
}

/** The new plugin does not read the old ones' files. */
export function oldFiles(folder: HarakaFolder): readonly OldFile[] {
  const own = folder.readIni('dns-list.ini')
  const defaults = folder.runs('dns-list') ? folder.readDefaultIni('dns-list', 'dns-list.ini') : undefined
  const ini = own && defaults ? mergeIni(defaults, own) : (own ?? defaults)
  if (ini) return [{ file: 'dns-list.ini', ini, own }]
  return (['dnsbl.ini', 'dnswl.ini'] as const).flatMap((file) => {
    const old = folder.readIni(file)
    return old ? [{ file, ini: old, own: old }] : []
  })
}

function listsOfIni({ file, ini, own }: OldFile): readonly OldList[] {
  const reject = booleanOf(ini.sections.get('main'), 'reject') ?? true
  const from = own?.sections.get('main')?.has('zones') ? file : `the plugin's own ${file}`
  return zoneNames(ini).map((zone) => {
    const options = ini.sections.get(zone)
    const type = file === 'dnswl.ini' ? 'allow' : typeOf(zone, options)
    return { zone, type, refuses: booleanOf(options, 'reject') ?? reject, options, file: from }
  })
}

/** Without an option it blocked, but the plugin's own file says allow for the allowlist that everyone has. */
function typeOf(zone: string, options: IniSection | undefined): OldList['type'] {
  const type = textOf(options, 'type')
  if (type === 'allow' || type === 'karma') return type
  if (type !== undefined) return 'block'
  const kinds = knownKinds(readZone(zone))
  if (kinds.includes('ip_allowlist')) return kinds.includes('ip_blocklist') ? 'karma' : 'allow'
  return 'block'
}

/** One zone a line; what a listing does stands in the ini file. */
function zonesOf(
  folder: HarakaFolder,
  file: string,
  type: 'block' | 'allow',
  files: readonly OldFile[],
): readonly OldList[] {
  const ini = files.find(({ file: name }) => name !== 'dnswl.ini')?.ini
  const reject = booleanOf(ini?.sections.get('main'), 'reject') ?? true
  return (folder.readLines(file) ?? []).map((zone) => {
    const options = ini?.sections.get(zone)
    return { zone, type, refuses: booleanOf(options, 'reject') ?? reject, options, file }
  })
}

function zoneNames(ini: HarakaIni): readonly string[] {
  const zones = ini.sections.get('main')?.get('zones') ?? []
  return (typeof zones === 'string' ? zones.split(/[\s,;]+/) : zones).filter((zone) => zone !== '')
}
