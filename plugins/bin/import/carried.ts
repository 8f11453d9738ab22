import type { ListKind, Provider } from '../../lib/lists'
import type { CodeOverrides } from '../../lib/lists/code-table'
import type { DomainSource } from '../../lib/settings/schema'

/** What was found in the old configuration, in the terms of ours. */
export interface Carried {
  readonly lists: readonly CarriedList[]
  /** Keys of providers, as they stood in zones and options. They go to the secrets file and nowhere else. */
  readonly keys: readonly CarriedKey[]
  /** Places that domain lists were asked about, beyond those that they are asked about by default. */
  readonly sources: readonly DomainSource[]
  readonly remarks: readonly Remark[]
}

export interface CarriedList {
  readonly kind: ListKind
  readonly provider: Provider | 'custom'
  /** The provider's name of the list, or for `custom` its zone. */
  readonly list: string
  readonly options: { readonly action?: 'note'; readonly codes?: CodeOverrides }
  /** File and section, without keys. */
  readonly source: string
}

export interface CarriedKey {
  readonly provider: Provider
  readonly key: string
  readonly source: string
}

export interface Remark {
  /** `changed` works in another way than before; `lost` is not carried over; `needless` has no use any more. */
  readonly kind: 'changed' | 'lost' | 'needless'
  readonly source: string
  readonly text: string
}

export const nothing: Carried = { lists: [], keys: [], sources: [], remarks: [] }

export function combine(parts: readonly Carried[]): Carried {
  return {
    lists: parts.flatMap(({ lists }) => lists),
    keys: parts.flatMap(({ keys }) => keys),
    sources: [...new Set(parts.flatMap(({ sources }) => sources))],
    remarks: parts.flatMap(({ remarks }) => remarks),
  }
}

export function remark(kind: Remark['kind'], source: string, text: string): Carried {
  return { ...nothing, remarks: [{ kind, source, text }] }
}

export function sectionOf(kind: ListKind): `${ListKind}s` {
  return `${kind}s`
}

/** A key is a label of a name that is asked, so its case means nothing. */
export function isSameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
