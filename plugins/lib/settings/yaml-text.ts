import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type ParsedNode,
  type YAMLError,
} from 'yaml'
import type { SettingsPath } from './errors'

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
export const maxYamlChars = 1024 * 1024
const maxDepth = 20

export function readYaml(text: string): YamlText {
  if (text.length > maxYamlChars) {
    return { kind: 'invalid', faults: [fault(`must be at most ${maxYamlChars} characters`)] }
  }
  const lines = new LineCounter()
  try {
    return readDocument(text, lines)
  } catch {
    // What `yaml` throws instead of collecting it: its stack runs out, or aliases expand without end.
    const message = 'is nested too deeply, or has an alias (*name) that is not defined or expands too often'
    return { kind: 'invalid', faults: [fault(message)] }
  }
}

function readDocument(text: string, lines: LineCounter): YamlText {
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

  const faults = [...nodeFaults(doc.contents, [], lineAt)]
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
  return { path: [], line, message: `YAML: ${error.message}`, quotes: true }
}

/** What YAML allows and settings don't: a key written twice, `__proto__`, control characters, deep nesting. */
function* nodeFaults(
  node: ParsedNode | null,
  path: SettingsPath,
  lineAt: (offset: number) => number,
): Generator<YamlFault> {
  const at = (offset: number, where: SettingsPath, message: string): YamlFault => ({
    path: where,
    line: lineAt(offset),
    message,
    quotes: false,
  })
  if (isScalar(node) && hasControls(node.value)) {
    yield at(node.range[0], path, 'must not hold control characters or line breaks')
  }
  if ((isMap(node) || isSeq(node)) && path.length >= maxDepth) {
    yield at(node.range[0], path, 'is nested too deeply')
    return
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* nodeFaults(item, [...path, index], lineAt)
  }
  if (!isMap(node)) return
  const seen = new Set<string>()
  for (const { key, value } of node.items) {
    const name = keyName(key)
    const offset = key.range[0]
    if (name === undefined || name === '__proto__' || hasControls(name)) {
      yield at(offset, path, 'has a key that is no plain name')
      continue
    }
    if (seen.has(name)) yield at(offset, [...path, name], 'is written twice: keep one of them')
    seen.add(name)
    yield* nodeFaults(value, [...path, name], lineAt)
  }
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
