import { isDeepStrictEqual } from 'node:util'
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type Pair,
} from 'yaml'

/**
 * Additions to a YAML file that people keep by hand. They are lines between the lines that stand there: a library
 * that writes the whole document again moves comments to other sections.
 */

export type YamlPath = readonly string[]

/** Adds items at the end of the list at `path`, which may not be there yet. */
export function appendItems(text: string, path: YamlPath, items: readonly unknown[]): string {
  return add(text, path, items, (document) => {
    const found = writtenOut(document, path)
    if (!isSeq(found)) setIn(document, path, items)
    else for (const item of items) found.add(document.createNode(item))
  })
}

/** Sets what is not set yet. */
export function setValue(text: string, path: YamlPath, value: unknown): string {
  return add(text, path, value, (document) => {
    setIn(document, path, value)
  })
}

/** What is odd enough not to come out right as lines is written by the library. */
function add(text: string, path: YamlPath, leaf: unknown, edit: (document: Document) => void): string {
  const document = parseDocument(text)
  const withLines = addLines(text, document, path, leaf)
  edit(document)
  if (withLines !== undefined && says(withLines, document)) return withLines
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function says(text: string, wanted: Document): boolean {
  const document = parseDocument(text)
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), wanted.toJS())
}

function setIn(document: Document, path: YamlPath, value: unknown): void {
  for (let length = 0; length < path.length; length++) {
    if (isMap(writtenOut(document, path.slice(0, length)))) continue
    if (length === 0) document.contents = document.createNode({})
    else document.setIn(path.slice(0, length), document.createNode({}))
  }
  document.setIn(path, document.createNode(value))
}

/** What stands there; an alias on the way turns into a copy of what it stands for, which can be added to. */
function writtenOut(document: Document, path: YamlPath): unknown {
  for (let length = 1; length <= path.length; length++) {
    const found: unknown = document.getIn(path.slice(0, length), true)
    if (isAlias(found)) document.setIn(path.slice(0, length), document.createNode(found.toJS(document)))
  }
  return path.length === 0 ? document.contents : document.getIn(path, true)
}

function addLines(text: string, document: Document, path: YamlPath, leaf: unknown): string | undefined {
  let node: unknown = document.contents
  let pair: Pair | undefined
  let depth = 0
  while (isMap(node) && depth < path.length) {
    const next = node.items.find(({ key }) => isScalar(key) && key.value === path[depth])
    if (!next) break
    pair = next
    node = next.value
    depth += 1
  }
  const value = path.slice(depth).reduceRight((inner: unknown, key) => ({ [key]: inner }), leaf)
  if (isCollection(node) && node.items.length > 0) {
    if (node.flow === true) return addInBrackets(text, node, value)
    return insert(text, endOf(node), columnOf(text, startOf(node)), value)
  }
  if (!pair)
    return node === null
      ? `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${stringify(value)}`
      : undefined
  // `custom: []`, or `custom:` and nothing: the list goes below.
  const colon = text.indexOf(':', endOf(pair.key)) + 1
  const emptied = isCollection(node) ? text.slice(0, colon) + text.slice(endOf(node)) : text
  return insert(emptied, colon, columnOf(text, startOf(pair.key)) + 2, value)
}

/** `[a, b]`: what is new goes before the bracket. */
function addInBrackets(text: string, node: unknown, items: unknown): string | undefined {
  if (!isSeq(node) || !Array.isArray(items)) return undefined
  const at = endOf(node.items.at(-1))
  const added = items.map(
    (item) => `, ${stringify(item, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`,
  )
  return `${text.slice(0, at)}${added.join('')}${text.slice(at)}`
}

/** Puts the value on lines of its own, below the line that holds `at`. */
function insert(text: string, at: number, column: number, value: unknown): string {
  const rest = text.slice(at)
  const lineEnd = at + (/\r?\n/.exec(rest)?.index ?? rest.length)
  const lines = stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `\n${' '.repeat(column)}${line}`)
  return `${text.slice(0, lineEnd)}${lines.join('')}${text.slice(lineEnd) || '\n'}`
}

function startOf(node: unknown): number {
  return (node as Node).range?.[0] ?? 0
}

/** Where the last thing that is written in the node ends, comments apart. */
function endOf(node: unknown): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1))
  if (isPair(node)) return isNothing(node.value) ? endOf(node.key) : endOf(node.value)
  return (node as Node).range?.[1] ?? 0
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1])
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1)
}
