import type { KnownList, ListKind } from '../../lib/lists'
import { combine, nothing, remark, sectionOf, type Carried, type CarriedList } from './carried'
import { oldFiles, oldLists, type OldFile, type OldList } from './dns-list-files'
import { remarksOnFile, remarksOnList } from './dns-list-remarks'
import type { HarakaFolder } from './haraka-folder'
import { findKnown, knownKinds, readZone, type OldZone } from './old-zone'

/** haraka-plugin-dns-list, and the plugins dnsbl and dnswl that it replaced. */
export function importDnsLists(folder: HarakaFolder): Carried {
  const files = oldFiles(folder)
  const lists = oldLists(folder, files)
  return combine([
    ...lists.map(importList),
    lists.some(({ type }) => type === 'allow') ? allowlistRemark : nothing,
    ...files.map((file) => remarksOnFile(file, lists)),
    ...unread(folder, files),
  ])
}

const allowlistRemark = remark(
  'changed',
  'allowlists',
  'a client on one of them skips all checks before the message itself, not only the IP lists',
)

function unread(folder: HarakaFolder, files: readonly OldFile[]): readonly Carried[] {
  if (!files.some(({ file }) => file === 'dns-list.ini')) return []
  return ['dnsbl.ini', 'dnswl.ini'].map((file) =>
    folder.readIni(file) ? remark('needless', file, 'not read, as dns-list.ini takes its place') : nothing,
  )
}

function importList(old: OldList): Carried {
  const zone = readZone(old.zone)
  const source = `${old.file} ${zone.name}`
  if (zone.kind === 'unusable') return remark('lost', source, zone.why)
  const wanted: ListKind = old.type === 'allow' ? 'ip_allowlist' : 'ip_blocklist'
  const kinds = knownKinds(zone)
  const kind =
    kinds.length === 0 || kinds.includes(wanted) ? wanted : kinds.find((other) => other.startsWith('ip_'))
  if (kind === undefined) {
    const places = kinds.map(sectionOf).join(' or ')
    return remark('lost', source, `it takes domain names, not client addresses: write it into ${places}`)
  }
  const known = findKnown(zone, kind)
  return combine([
    { ...nothing, lists: listsFor(zone, kind, optionsFor(old, kind, known), source) },
    zone.kind === 'keyed' && zone.key !== undefined
      ? { ...nothing, keys: [{ provider: zone.provider, key: zone.key, source }] }
      : nothing,
    kind === wanted
      ? nothing
      : remark('changed', source, `is asked as one of the ${sectionOf(kind)}, which it is`),
    remarksOnList(old, kind, known, source),
  ])
}

export function listsFor(
  zone: Exclude<OldZone, { kind: 'unusable' }>,
  kind: ListKind,
  options: CarriedList['options'],
  source: string,
): readonly CarriedList[] {
  if (zone.kind === 'public') return [{ kind, provider: 'custom', list: zone.name, options, source }]
  return zone.lists.map((list) => ({ kind, provider: zone.provider, list, options, source }))
}

function optionsFor(old: OldList, kind: ListKind, known: KnownList | undefined): CarriedList['options'] {
  if (kind === 'ip_allowlist') return {}
  if (!old.refuses) return { action: 'note' }
  // Such a list has good and bad answers, and the stock plugin knows two of them.
  if (old.type === 'karma' && !known)
    return { action: 'note', codes: { '127.0.0.1': 'note', '127.0.0.2': 'reject' } }
  return {}
}
