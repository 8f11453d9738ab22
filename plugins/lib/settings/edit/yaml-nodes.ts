import { isCollection, isPair, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'

/** Where the parts of a parsed document stand in its text. */

export function startOf(node: unknown): number {
  return (node as Node).range?.[0] ?? 0
}

/** Where the last thing that is written in the node ends, comments apart. */
export function endOf(node: unknown): number {
  if (isBlock(node)) return endOf(node.items.at(-1))
  if (isPair(node)) return isNothing(node.value) ? endOf(node.key) : endOf(node.value)
  return (node as Node).range?.[1] ?? 0
}

/** `key:` and nothing. */
export function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1])
}

/** A list or map with lines of its own. */
export function isBlock(node: unknown): node is YAMLMap | YAMLSeq {
  return isCollection(node) && node.flow !== true && node.items.length > 0
}

export function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

/** The offset behind the `:` of a pair; undefined when it has none. */
export function colonEnd(pair: Pair): number | undefined {
  const colon = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind')
  return colon && colon.offset + 1
}

/** Offsets of the dashes of a list with lines of its own; undefined where they can't be told. */
export function dashesOf(list: YAMLSeq): readonly number[] | undefined {
  const token = list.srcToken
  if (token?.type !== 'block-seq') return undefined
  const dashes = token.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  )
  return dashes.length === list.items.length ? dashes : undefined
}
