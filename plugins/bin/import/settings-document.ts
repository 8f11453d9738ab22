import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { canonicalName } from '../../lib/lists/query-name'
import { isSameKey, sectionOf, type CarriedKey, type CarriedList } from './carried'
import { appendItem, setValue } from './yaml-edit'

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
  let edited = text
  const placed = lists.map((list) => {
    const path = [sectionOf(list.kind), list.provider]
    const sequence = parseDocument(edited).getIn(path, true)
    const isNew = !isSeq(sequence) || !sequence.items.some((item) => nameOf(item) === list.list)
    if (isNew) edited = appendItem(edited, path, entryOf(list))
    return { list, isNew }
  })
  return { text: edited, placed }
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
function nameOf(item: unknown): string | undefined {
  const written = isMap(item)
    ? (item.get('zone') ?? item.get('list'))
    : isScalar(item)
      ? item.value
      : undefined
  return typeof written === 'string' ? (canonicalName(written) ?? written) : undefined
}
