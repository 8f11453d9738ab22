import { isDeepStrictEqual } from 'node:util'
import { isAlias, parse, parseDocument, stringify, visit } from 'yaml'
import { takeLongMaps } from '../long-maps'
import { readYaml } from '../yaml-text'
import { createLongLines } from './long-lines'
import { rewriteText } from './rewrite'

/**
 * Edits of a YAML file that people keep by hand: only the lines change that have to. A library that writes the
 * whole document again moves comments to other sections.
 */

export type YamlPath = readonly string[]

/** The text, changed so that it says what is wanted; undefined when it is written too oddly for that. */
export function editYaml(text: string, wanted: object): string | undefined {
  const current = valueOf(text)
  if (isDeepStrictEqual(current, wanted)) return text
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
  for (const form of [(): string => whole, () => plainForm(whole)]) {
    const edited = rewriteLines(form(), current, wanted)
    if (edited !== undefined && isDeepStrictEqual(valueOf(edited), wanted)) return edited
  }
  return undefined
}

/** Adds items at the end of the list at `path`, which may not be there yet. */
export function appendItems(text: string, path: YamlPath, items: readonly unknown[]): string {
  return editAt(text, path, (before) => [...(Array.isArray(before) ? (before as unknown[]) : []), ...items])
}

/** Sets what is not set yet. */
export function setValue(text: string, path: YamlPath, value: unknown): string {
  return editAt(text, path, () => value)
}

function editAt(text: string, path: YamlPath, change: (before: unknown) => unknown): string {
  const wanted = withChange(valueOf(text), path, change) as object
  return editYaml(text, wanted) ?? stringify(wanted, { lineWidth: 0 })
}

function withChange(value: unknown, path: YamlPath, change: (before: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  const map = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { ...map, [key]: withChange(Reflect.get(map, key), rest, change) }
}

/** Settings by the code that reads them, which is quick with long maps; anything else by the library. */
function valueOf(text: string): unknown {
  const read = readYaml(text)
  return read.kind === 'ok' ? read.value : parse(text)
}

function rewriteLines(text: string, current: unknown, wanted: object): string | undefined {
  const short = takeLongMaps(text)
  const long = createLongLines(text, short)
  const edited = rewriteText(short.text, current, wanted, long)
  return edited === undefined ? undefined : long.putBack(edited)
}

/** As the library writes it: without aliases, `? key`, and what else is odd. Comments may move. */
function plainForm(text: string): string {
  const short = takeLongMaps(text)
  const document = parseDocument(short.text)
  visit(document, { Alias: (_, node) => document.createNode(node.toJS(document)) })
  visit(document, {
    Value: (_, node) => {
      if (!isAlias(node)) delete node.anchor
    },
  })
  const plain = document.toString({ lineWidth: 0, flowCollectionPadding: false })
  return createLongLines(text, short).putBack(plain)
}
