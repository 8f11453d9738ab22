import { stringify } from 'yaml'

/** An edit of a text under way. All offsets are those of the text before it. */
export interface LineEdit {
  readonly text: string
  readonly lineEnd: '\n' | '\r\n'
  readonly splices: Splice[]
  /** Something is written in a form whose lines can't be told apart. */
  isOdd: boolean
}

interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text must end with a line break. */
export function createLineEdit(text: string): LineEdit {
  return { text, lineEnd: text.includes('\r\n') ? '\r\n' : '\n', splices: [], isOdd: false }
}

/** The text after the edit; undefined when its parts get in each other's way. */
export function editedText({ text, splices, isOdd }: LineEdit): string | undefined {
  const inOrder = splices.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const parts: string[] = []
  let done = 0
  for (const splice of inOrder) {
    if (splice.start < done) return undefined
    parts.push(text.slice(done, splice.start), splice.text)
    done = splice.end
  }
  return isOdd ? undefined : [...parts, text.slice(done)].join('')
}

export function splice(edit: LineEdit, start: number, end: number, text: string): void {
  edit.splices.push({ start, end, text })
}

/** Takes out the lines that something stands on; nothing else may begin on the first of them. */
export function removeLines(edit: LineEdit, start: number, end: number): void {
  const column = columnOf(edit, start)
  if (edit.text.slice(start - column, start).trim() !== '') edit.isOdd = true
  splice(edit, start - column, lineAfter(edit, end), '')
}

/** Puts a list or map on lines of its own. */
export function insertLines(edit: LineEdit, at: number, column: number, value: unknown): void {
  splice(edit, at, at, blockText(edit, value, column) + edit.lineEnd)
}

/** The value in lines that begin at the column. */
export function blockText({ lineEnd }: LineEdit, value: unknown, column: number): string {
  const lines = stringify(value, { lineWidth: 0 }).trimEnd().split('\n')
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)).join(lineEnd)
}

/** Where the line behind the one that holds `end` begins. */
export function lineAfter({ text }: LineEdit, end: number): number {
  if (text[end - 1] === '\n') return end
  const lineEnd = text.indexOf('\n', end)
  return lineEnd < 0 ? text.length : lineEnd + 1
}

export function columnOf({ text }: LineEdit, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1)
}

/** The value in one line, lists and maps in brackets. */
export function inlineText(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd()
}
