import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type ParsedNode,
  Parser,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import { maxErrors, type SettingsPath } from './errors'
import { type LongMap, originalLine, type ShortText, takeLongMaps } from './long-maps'

/** A YAML document as plain values, and where each of them stands. */
export type YamlText =
  | {
      readonly kind: 'ok'
      readonly value: unknown
      readonly lineOf: LineOf
    }
  | { readonly kind: 'invalid'; readonly faults: readonly YamlFault[] }

/** The line of the value, or of the nearest thing above it that is written in the document. */
export type LineOf = (path: SettingsPath) => number | undefined

export interface YamlFault {
  readonly path: SettingsPath
  readonly line?: number
  readonly message: string
  /** The message quotes the document: not to be shown for a file of secrets. */
  readonly quotes: boolean
}

type Doc = Document.Parsed

const maxChars = 16 * 1024 * 1024
/** Without its long maps; a larger text would hold up the mail for seconds while it is parsed. */
const maxParsedChars = 4 * 1024 * 1024
const maxDepth = 20

export function readYaml(text: string): YamlText {
  if (text.length > maxChars) {
    return { kind: 'invalid', faults: [fault(`must be at most ${maxChars} characters`)] }
  }
  const short = takeLongMaps(text)
  if (short.text.length > maxParsedChars) {
    return {
      kind: 'invalid',
      faults: [fault(`must be at most ${maxParsedChars} characters, beside long maps of a line an entry`)],
    }
  }
  if (isHopelesslyDeep(short.text)) return { kind: 'invalid', faults: [fault('is nested too deeply')] }
  try {
    // The lines were something else than entries of a map, such as a text of many lines.
    const result = readDocument(short) ?? readDocument({ text, maps: [] })
    if (result) return result
    return { kind: 'invalid', faults: [fault("can't be read")] }
  } catch {
    return { kind: 'invalid', faults: [fault('has aliases (*name) that expand too often')] }
  }
}

/** Composing a document is recursive, and takes half a minute to fail on a hundred thousand brackets. */
function isHopelesslyDeep(text: string): boolean {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme))
    if (parser.stack.length > 10 * maxDepth) return true
  }
  return false
}

/** Undefined when a long map does not stand where one may. */
function readDocument({ text, maps }: ShortText): YamlText | undefined {
  const lines = new LineCounter()
  // Duplicate keys are found below: the parser's own search takes quadratic time.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'core',
    logLevel: 'error',
  })
  const lineAt = (offset: number): number => originalLine(maps, lines.linePos(offset).line)
  // Whatever follows the first syntax error mostly follows from it.
  const [syntaxError] = [...doc.errors, ...doc.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  if (syntaxError) return { kind: 'invalid', faults: [syntaxFault(syntaxError, lineAt)] }

  const faults = [...firstOf(nodeFaults(doc.contents, [], { lineAt, anchors: new Set() }), maxErrors)]
  if (faults.length > 0) return { kind: 'invalid', faults }
  const placed = placeLongMaps(doc.contents, maps)
  if (!placed) return undefined
  const value: unknown = doc.toJS({ maxAliasCount: 100 })
  const twice = placed.flatMap((map) => fillIn(value, map)).slice(0, maxErrors)
  if (twice.length > 0) return { kind: 'invalid', faults: twice }
  return {
    kind: 'ok',
    value,
    lineOf: (path) => {
      const offset = offsetOf(doc, path)
      return lineInLongMap(placed, path) ?? (offset === undefined ? undefined : lineAt(offset))
    },
  }
}

interface PlacedMap extends LongMap {
  /** Of the map that the entries belong to. */
  readonly path: SettingsPath
}

/** Where the placeholders stand, each as a key of a block map; undefined when one stands anywhere else. */
function placeLongMaps(root: ParsedNode | null, maps: readonly LongMap[]): readonly PlacedMap[] | undefined {
  if (maps.length === 0) return []
  const paths = new Map<string, SettingsPath>()
  const search = (node: ParsedNode | null, path: SettingsPath): void => {
    if (isSeq(node)) for (const [index, item] of node.items.entries()) search(item, [...path, index])
    if (!isMap(node)) return
    for (const { key, value } of node.items) {
      const name = keyName(key) ?? ''
      if (node.flow !== true) paths.set(name, path)
      search(value, [...path, name])
    }
  }
  search(root, [])
  const placed = maps.flatMap((map) => {
    const path = paths.get(map.placeholder)
    return path ? [{ ...map, path }] : []
  })
  return placed.length === maps.length ? placed : undefined
}

/** Puts the entries where their placeholder is; what is written twice is a fault. */
function fillIn(root: unknown, { placeholder, entries, path, line }: PlacedMap): YamlFault[] {
  const map = path.reduce<unknown>((value, step) => Reflect.get(Object(value), step), root) as Record<
    string,
    unknown
  >
  const others = { ...map }
  Reflect.deleteProperty(others, placeholder)
  for (const key of Object.keys(map)) Reflect.deleteProperty(map, key)
  const twice: YamlFault[] = []
  for (const [index, [key, value]] of entries.entries()) {
    if (!Object.hasOwn(map, key) && !Object.hasOwn(others, key)) map[key] = value
    else
      twice.push({
        path: [...path, key],
        line: line + index,
        message: 'is written twice: keep one of them',
        quotes: false,
      })
  }
  Object.assign(map, others)
  return twice
}

function lineInLongMap(maps: readonly PlacedMap[], path: SettingsPath): number | undefined {
  for (const { path: above, entries, line } of maps) {
    if (!above.every((step, index) => step === path[index])) continue
    const index = entries.findIndex(([key]) => key === path[above.length])
    if (index >= 0) return line + index
  }
  return undefined
}

function fault(message: string): YamlFault {
  return { path: [], message, quotes: false }
}

const plainWords: Partial<Record<YAMLError['code'], string>> = {
  MULTIPLE_DOCS: 'starts a second document: remove the --- line',
  TAB_AS_INDENT: 'is indented with a tab: use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'has a second colon in one line: put the value in quotes',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  MISSING_CHAR: 'lacks a closing quote or bracket, or the : after a key',
}

function syntaxFault(error: YAMLError, lineAt: (offset: number) => number): YamlFault {
  const words = plainWords[error.code]
  const line = lineAt(error.pos[0])
  if (words !== undefined) return { path: [], line, message: words, quotes: false }
  return { path: [], line, message: `YAML: ${clip(error.message)}`, quotes: true }
}

/** The parser quotes what it did not expect, whatever its length. */
function clip(message: string): string {
  return message.slice(0, 120).replaceAll(/\p{Cc}/gu, ' ')
}

/** A private key is the only text of several lines. */
function isTextBlock(value: unknown, path: SettingsPath): boolean {
  return path.join('.') === 'arc.key' && !hasControls(String(value).replaceAll('\n', ''))
}

/** What YAML allows and settings don't: a key written twice, `__proto__`, control characters, deep nesting. */
function* nodeFaults(node: ParsedNode | null, path: SettingsPath, scan: Scan): Generator<YamlFault> {
  if (node === null) return
  if (isAlias(node)) {
    if (!scan.anchors.has(node.source)) {
      yield faultAt(node, path, scan, 'is an alias (*name) of nothing above it: put text in quotes')
    }
    return
  }
  if (node.anchor !== undefined) scan.anchors.add(node.anchor)
  if (isScalar(node)) {
    if (hasControls(node.value) && !isTextBlock(node.value, path)) {
      yield faultAt(node, path, scan, 'must not hold control characters or line breaks')
    }
  } else if (path.length >= maxDepth) {
    yield faultAt(node, path, scan, 'is nested too deeply')
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* nodeFaults(item, [...path, index], scan)
  } else {
    yield* mapFaults(node, path, scan)
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  for (const item of items) {
    if (count-- <= 0) return
    yield item
  }
}

interface Scan {
  readonly lineAt: (offset: number) => number
  readonly anchors: Set<string>
}

function* mapFaults(map: YAMLMap.Parsed, path: SettingsPath, scan: Scan): Generator<YamlFault> {
  const seen = new Set<string>()
  for (const { key, value } of map.items) {
    const name = keyName(key)
    if (name === undefined || name === '__proto__' || hasControls(name)) {
      yield faultAt(key, path, scan, 'must have plain names for keys: this one is not')
      continue
    }
    const inner = [...path, name]
    if (seen.has(name)) yield faultAt(key, inner, scan, 'is written twice: keep one of them')
    seen.add(name)
    yield* nodeFaults(value, inner, scan)
  }
}

function faultAt(node: ParsedNode, path: SettingsPath, { lineAt }: Scan, message: string): YamlFault {
  return { path, line: lineAt(node.range[0]), message, quotes: false }
}

function keyName(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined
  return typeof key.value === 'string' || typeof key.value === 'number' ? String(key.value) : undefined
}

function hasControls(value: unknown): boolean {
  return typeof value === 'string' && /\p{Cc}/u.test(value)
}

/** A setting is where its key is; an item of a list is where it starts. */
function offsetOf(doc: Doc, path: SettingsPath): number | undefined {
  let node: Node | null | undefined = doc.contents
  let offset = node?.range?.[0]
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(doc)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyName(key) === String(step))
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step] as Node | undefined
      offset = node?.range?.[0] ?? offset
    } else break
  }
  return offset
}
