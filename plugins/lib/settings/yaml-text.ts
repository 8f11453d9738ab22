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

/** More than any hand keeps up with; a larger file would hold up the mail while it is parsed. */
const maxChars = 256 * 1024
const maxDepth = 20

export function readYaml(text: string): YamlText {
  if (text.length > maxChars) {
    return { kind: 'invalid', faults: [fault(`must be at most ${maxChars} characters`)] }
  }
  if (isHopelesslyDeep(text)) return { kind: 'invalid', faults: [fault('is nested too deeply')] }
  try {
    return readDocument(text)
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

function readDocument(text: string): YamlText {
  const lines = new LineCounter()
  // Duplicate keys are found below: the parser's own search takes quadratic time.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'core',
    logLevel: 'error',
  })
  const lineAt = (offset: number): number => lines.linePos(offset).line
  // Whatever follows the first syntax error mostly follows from it.
  const [syntaxError] = [...doc.errors, ...doc.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  if (syntaxError) return { kind: 'invalid', faults: [syntaxFault(syntaxError, lineAt)] }

  const faults = [...firstOf(nodeFaults(doc.contents, [], { lineAt, anchors: new Set() }), maxErrors)]
  if (faults.length > 0) return { kind: 'invalid', faults }
  return {
    kind: 'ok',
    value: doc.toJS({ maxAliasCount: 100 }) as unknown,
    lineOf: (path) => {
      const offset = offsetOf(doc, path)
      return offset === undefined ? undefined : lineAt(offset)
    },
  }
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
