import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq, parseDocument, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { editScript } from './edit-script'
import {
  blockText,
  columnOf,
  createLineEdit,
  editedText,
  inlineText,
  insertLines,
  lineAfter,
  type LineEdit,
  removeLines,
  splice,
} from './line-edit'
import type { LongLines } from './long-lines'
import { colonEnd, dashesOf, endOf, isBlock, isNothing, nameOf, startOf } from './yaml-nodes'

interface Edit extends LineEdit {
  readonly long: LongLines
}

/** What a value hangs on: `key:`, `-`, nothing, or a list or map in brackets. */
interface Holder {
  readonly kind: 'root' | 'key' | 'dash' | 'brackets'
  /** Where `key:` or `-` ends. */
  readonly end: number
  /** Of the lines of a value below its key or beside its dash. */
  readonly column: number
}

type Fields = Readonly<Record<string, unknown>>

/**
 * The text, which ends with a line break and says `current`, with the fewest lines changed that make it say
 * `wanted`; undefined when its form is too odd. What comes out of odd forms may be wrong: it is to be read again.
 */
export function rewriteText(
  text: string,
  current: unknown,
  wanted: object,
  long: LongLines,
): string | undefined {
  const document = parseDocument(text, { keepSourceTokens: true, uniqueKeys: false })
  if (document.errors.length > 0) return undefined
  const edit: Edit = Object.assign(createLineEdit(text), { long })
  rewrite(edit, document.contents, current, wanted, { kind: 'root', end: text.length, column: 0 })
  return editedText(edit)
}

function rewrite(edit: Edit, node: unknown, current: unknown, wanted: unknown, holder: Holder): void {
  if (isDeepStrictEqual(current, wanted)) return
  if (isMap(node) && isFilledMap(current) && isFilledMap(wanted)) {
    if (node.flow === true) rewriteBracketMap(edit, node, current, wanted)
    else rewriteMap(edit, node, current, wanted, holder)
  } else if (isSeq(node) && isFilledList(current) && isFilledList(wanted)) {
    if (node.flow === true) rewriteBracketList(edit, node, current, wanted)
    // `- - a`: the first of the inner items shares its line with a dash.
    else if (holder.kind === 'dash') replaceInPlace(edit, node, wanted, holder)
    else rewriteList(edit, node, current, wanted)
  } else {
    replace(edit, node, wanted, holder)
  }
}

function replace(edit: Edit, node: unknown, wanted: unknown, holder: Holder): void {
  if (isBlock(node) && holder.kind !== 'dash') replaceBlock(edit, node, wanted, holder)
  else if (holder.kind === 'key') replaceBesideKey(edit, node, wanted, holder)
  else replaceInPlace(edit, node, wanted, holder)
}

/** What stood on lines of its own, below its key; comments between the lines stay. */
function replaceBlock(edit: Edit, node: YAMLMap | YAMLSeq, wanted: unknown, holder: Holder): void {
  const starts = isMap(node) ? node.items.map(({ key }) => startOf(key)) : dashes(edit, node)
  for (const [index, item] of node.items.entries())
    removeLines(edit, starts[index] ?? 0, itemEnd(item, starts[index]))
  if (isFilled(wanted) || holder.kind === 'root') {
    insertLines(edit, lineAfter(edit, endOf(node)), columnOf(edit, startOf(node)), wanted)
  } else {
    splice(edit, holder.end, holder.end, ` ${inlineText(wanted)}`)
  }
}

/** What stood beside its key, or nowhere. */
function replaceBesideKey(edit: Edit, node: unknown, wanted: unknown, holder: Holder): void {
  const isMissing = isNothing(node)
  const end = isMissing ? holder.end : endOf(node)
  // A text block (`key: |`) ends behind a line break.
  const lineEnd = !isMissing && edit.text[end - 1] === '\n' ? edit.lineEnd : ''
  if (isFilled(wanted)) {
    splice(edit, holder.end, end, lineEnd)
    insertLines(edit, lineAfter(edit, end), holder.column, wanted)
  } else {
    const start = isMissing ? holder.end : startOf(node)
    splice(edit, start, end, (isMissing ? ' ' : '') + inlineText(wanted) + lineEnd)
  }
}

/** A whole document, an item of a list, or what stands in brackets. */
function replaceInPlace(edit: Edit, node: unknown, wanted: unknown, holder: Holder): void {
  const isMissing = isNothing(node)
  const [start, end] = isMissing ? [holder.end, holder.end] : [startOf(node), endOf(node)]
  const isBelow = holder.kind !== 'brackets' && isFilled(wanted)
  const text = isBelow ? blockText(edit, wanted, holder.column).trimStart() : inlineText(wanted)
  const needsLineEnd = isMissing ? holder.kind === 'root' : edit.text[end - 1] === '\n'
  splice(
    edit,
    start,
    end,
    (isMissing && holder.kind === 'dash' ? ' ' : '') + text + (needsLineEnd ? edit.lineEnd : ''),
  )
}

function rewriteMap(edit: Edit, map: YAMLMap, current: Fields, wanted: Fields, holder: Holder): void {
  const [first] = map.items
  // Its line is the one of the dash, which stays.
  if (holder.kind === 'dash' && first && !Object.hasOwn(wanted, nameOf(first))) {
    splice(edit, startOf(map), endOf(map), blockText(edit, wanted, holder.column).trimStart())
    return
  }
  const added = new Set(Object.keys(wanted).filter((key) => !Object.hasOwn(current, key)))
  for (const pair of map.items) {
    const name = nameOf(pair)
    const entries = edit.long.entriesOf(name)
    if (entries) for (const key of rewriteLongMap(edit, pair, entries, wanted)) added.add(key)
    else if (Object.hasOwn(wanted, name))
      rewrite(edit, pair.value, current[name], wanted[name], keyHolder(edit, pair))
    else removeLines(edit, startOf(pair.key), endOf(pair))
  }
  if (added.size === 0) return
  const fields = Object.fromEntries([...added].map((key) => [key, wanted[key]]))
  insertLines(edit, lineAfter(edit, endOf(map)), columnOf(edit, startOf(map)), fields)
}

function keyHolder(edit: Edit, pair: Pair): Holder {
  const end = colonEnd(pair)
  if (end === undefined) edit.isOdd = true
  return { kind: 'key', end: end ?? 0, column: columnOf(edit, startOf(pair.key)) + 2 }
}

/** Edits the lines behind a placeholder. Returns keys whose new values are no such lines: they go elsewhere. */
function rewriteLongMap(
  edit: Edit,
  pair: Pair,
  entries: readonly (readonly [string, number])[],
  wanted: Fields,
): readonly string[] {
  const changes = new Map<string, number | undefined>()
  const elsewhere: string[] = []
  for (const [key, before] of entries) {
    const value = Object.hasOwn(wanted, key) ? wanted[key] : undefined
    if (value === before) continue
    const isLine = typeof value === 'number' && /^\d{1,15}$/.test(String(value))
    changes.set(key, isLine ? value : undefined)
    if (!isLine && value !== undefined) elsewhere.push(key)
  }
  const left = edit.long.change(nameOf(pair), changes)
  if (left === 0) removeLines(edit, startOf(pair.key), endOf(pair))
  return elsewhere
}

function rewriteList(
  edit: Edit,
  list: YAMLSeq,
  current: readonly unknown[],
  wanted: readonly unknown[],
): void {
  const starts = dashes(edit, list)
  const column = columnOf(edit, starts[0] ?? 0)
  for (const { isSame, before, after } of editScript(current.map(asText), wanted.map(asText))) {
    if (isSame) continue
    const [from, to] = before
    const added = wanted.slice(...after)
    for (let index = from; index < to; index++) {
      const dash = starts[index] ?? 0
      if (index - from < added.length) {
        const holder = { kind: 'dash', end: dash + 1, column: column + 2 } as const
        rewrite(edit, list.items[index], current[index], added[index - from], holder)
      } else {
        removeLines(edit, dash, itemEnd(list.items[index], dash))
      }
    }
    const more = added.slice(to - from)
    if (more.length === 0) continue
    const last = starts[to - 1]
    const at =
      last === undefined ? (starts[0] ?? 0) - column : lineAfter(edit, itemEnd(list.items[to - 1], last))
    insertLines(edit, at, column, more)
  }
}

function dashes(edit: Edit, list: YAMLSeq): readonly number[] {
  const found = dashesOf(list)
  if (!found) edit.isOdd = true
  return found ?? []
}

/** An item that is nothing ends with its dash. */
const itemEnd = (item: unknown, dash = 0): number => (isNothing(item) ? dash + 1 : endOf(item))

const inBrackets: Holder = { kind: 'brackets', end: 0, column: 0 }

function rewriteBracketMap(edit: Edit, map: YAMLMap, current: Fields, wanted: Fields): void {
  const pairs = map.items
  const isKept = pairs.map((pair) => Object.hasOwn(wanted, nameOf(pair)))
  const last = pairs[isKept.lastIndexOf(true)]
  if (!last) {
    splice(edit, startOf(map), endOf(map), inlineText(wanted))
    return
  }
  for (const [index, pair] of pairs.entries()) {
    if (isKept[index] !== true) continue
    const name = nameOf(pair)
    if (isNothing(pair.value) && wanted[name] !== null) edit.isOdd = true
    rewrite(edit, pair.value, current[name], wanted[name], inBrackets)
  }
  const added = Object.entries(wanted).filter(([key]) => !Object.hasOwn(current, key))
  const texts = added.map(([key, value]) => `, ${inlineText({ [key]: value }).slice(1, -1)}`)
  splice(edit, endOf(last), endOf(last), texts.join(''))
  removeFromBrackets(edit, pairs, isKept)
}

function rewriteBracketList(
  edit: Edit,
  list: YAMLSeq,
  current: readonly unknown[],
  wanted: readonly unknown[],
): void {
  const { items } = list
  const isKept = items.map(() => true)
  for (const { isSame, before, after } of editScript(current.map(asText), wanted.map(asText))) {
    if (isSame) continue
    const [from, to] = before
    const added = wanted.slice(...after)
    for (let index = from; index < to; index++) {
      isKept[index] = index - from < added.length
      if (isKept[index]) rewrite(edit, items[index], current[index], added[index - from], inBrackets)
    }
    const more = added.slice(to - from).map(inlineText)
    const at = to === 0 ? startOf(items[0]) : endOf(items[to - 1])
    if (more.length > 0) splice(edit, at, at, to === 0 ? `${more.join(', ')}, ` : `, ${more.join(', ')}`)
  }
  if (isKept.includes(true)) removeFromBrackets(edit, items, isKept)
  else splice(edit, startOf(list), endOf(list), inlineText(wanted))
}

/** Takes out entries with the comma that is too many then. */
function removeFromBrackets(edit: Edit, items: readonly unknown[], isKept: readonly boolean[]): void {
  const lastKept = isKept.lastIndexOf(true)
  for (let index = 0; index < lastKept; index++) {
    if (isKept[index] !== true) splice(edit, entryStart(items[index]), entryStart(items[index + 1]), '')
  }
  if (lastKept < items.length - 1) splice(edit, endOf(items[lastKept]), endOf(items.at(-1)), '')
}

const entryStart = (item: unknown): number => startOf((item as Partial<Pair>).key ?? item)

const asText = (value: unknown): string => JSON.stringify(value)

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

const isFilledList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && isFilled(value)

const isFilledMap = (value: unknown): value is Fields => isFilled(value) && !Array.isArray(value)
