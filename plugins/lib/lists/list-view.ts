import type { DnsList, FileList, SettingsPath } from './configured'
import type { LocalList } from './local-list'
import type { ListKind, ListState } from './types'

/** A configured list for people. */
export interface ListView {
  readonly id: string
  readonly name: string
  readonly kind: ListKind
  readonly state: ListState
  /** What a listing does, where that is the same for all its codes. */
  readonly actions: readonly string[]
  readonly score: number
  /** The zone with `<key>` in place of a key, or the file. */
  readonly where: string
  /** Where it stands in gateway.yaml. */
  readonly path: SettingsPath
  readonly description: string
  readonly terms?: 'free' | 'free-low-volume' | 'commercial'
  readonly lookupUrl?: string
  /** Entries of a list file. */
  readonly size?: number
}

export function viewDnsList(list: DnsList, state: ListState): ListView {
  const { codes, others, description, terms, lookupUrl } = list.known
  const byTable = [...codes, ...(others ? [others] : [])].map(({ action }) => action)
  return {
    id: list.id,
    name: list.name,
    kind: list.kind,
    state,
    actions: [
      ...new Set(byTable.map((action) => (action === 'note' ? action : (list.table.action ?? action)))),
    ],
    score: list.score,
    where: list.publicZone,
    path: list.path,
    description,
    ...(list.isKnown ? { terms } : {}),
    ...(lookupUrl === undefined ? {} : { lookupUrl }),
  }
}

export function viewFileList(list: FileList, local: LocalList | undefined): ListView {
  return {
    id: list.id,
    name: list.name,
    kind: list.kind,
    state: local?.state() ?? { kind: 'up' },
    actions: [list.action],
    score: list.score,
    where: list.file,
    path: list.path,
    description: 'A list file of your own',
    size: local?.size ?? 0,
  }
}
