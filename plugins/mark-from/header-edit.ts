import { decodeEncodedWords, textOf } from './encoded-word'
import type { MarkOutcome } from './mark'

/** Puts an outcome into a header: a list of raw lines, each with its folds and line ends. */

/** `From : x` is obsolete, legal, and sent on by servers that do not see it as From. */
const fromLine = /^from[ \t]*:/i

/** Values of all From fields in order, as they arrived. */
export function fromValues(lines: readonly string[]): string[] {
  return lines.filter((line) => fromLine.test(line)).map(valueOf)
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim()
}

export interface HeaderEditSettings {
  readonly keep_original: boolean
}

/** The lines with From replaced in place and X-Original-From behind it; every other line is the same string. */
export function editedHeader(
  lines: readonly string[],
  outcome: MarkOutcome,
  settings: HeaderEditSettings,
): string[] {
  if (outcome.kind === 'tagged') return taggedHeader(lines, outcome.domain)
  if (outcome.kind !== 'marked') return [...lines]
  const values = outcome.values.values()
  return lines.flatMap((line) => {
    if (!fromLine.test(line)) return [line]
    const value = values.next().value
    if (value === null || value === undefined) return [line]
    const from = fieldLine('From', value, line)
    return settings.keep_original ? [from, originalLine(line)] : [from]
  })
}

function taggedHeader(lines: readonly string[], domain: string): string[] {
  const last = lines.findLastIndex((line) => fromLine.test(line))
  return lines.toSpliced(last + 1, 0, fieldLine('X-Gateway-Via', domain, lines[last] ?? '\n'))
}

/** With the line ends of the line it stands for: Haraka keeps `\n` and sends `\r\n`. */
function fieldLine(name: string, value: string, model: string): string {
  const end = model.includes('\r\n') ? '\r\n' : '\n'
  const line = value.startsWith('\r\n') ? `${name}:${value}` : `${name}: ${value}`
  return `${line.replace(/\r\n/g, end)}${end}`
}

/** RFC 5322 section 2.1.1; the longer name must not push a line over it. */
const maxLineLength = 998

function originalLine(line: string): string {
  const renamed = `X-Original-From:${line.slice(line.indexOf(':') + 1)}`
  const end = line.includes('\r\n') ? '\r\n' : '\n'
  const [first = ''] = renamed.split('\n', 1)
  const folded = first.length > maxLineLength ? renamed.replace(/:[ \t]*/, `:${end} `) : renamed
  return folded.endsWith('\n') ? folded : `${folded}${end}`
}

/** What Haraka keeps of a header beside its lines; the message stream shares `header_list`. */
export interface HeaderIndex {
  readonly header_list: string[]
  readonly headers: Record<string, string[] | undefined>
  readonly headers_decoded: Record<string, string[] | undefined>
}

/** Edits a header in place, so that later plugins read what will be sent. */
export function editHeader(header: HeaderIndex, outcome: MarkOutcome, settings: HeaderEditSettings): void {
  const edited = editedHeader(header.header_list, outcome, settings)
  header.header_list.splice(0, header.header_list.length, ...edited)
  for (const name of ['from', 'x-original-from', 'x-gateway-via']) {
    const prefix = new RegExp(`^${name}[ \\t]*:`, 'i')
    const values = edited.filter((line) => prefix.test(line)).map(valueOf)
    if (values.length === 0) continue
    header.headers[name] = values
    header.headers_decoded[name] = values.map((value) =>
      textOf(decodeEncodedWords(value.replace(/\r?\n/g, ''))),
    )
  }
}
