import type { ListKind, Provider } from '../../lib/lists'
import type { CodeOverrides } from '../../lib/lists/code-table'

/** What was found in the old configuration, in the terms of ours. */
export interface Carried {
  readonly lists: readonly CarriedList[]
  /** Keys of providers, as they stood in zones and options. They go to the secrets file and nowhere else. */
  readonly keys: readonly CarriedKey[]
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

export const nothing: Carried = { lists: [], keys: [], remarks: [] }

export function combine(parts: readonly Carried[]): Carried {
  return {
    lists: parts.flatMap(({ lists }) => lists),
    keys: parts.flatMap(({ keys }) => keys),
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
