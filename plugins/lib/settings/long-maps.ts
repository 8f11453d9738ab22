/**
 * Maps of many simple lines, such as 100,000 limits by host. A YAML parser takes seconds over them, in which no
 * mail moves; here they are taken out of the text first, one line of it standing for all, and put in again after.
 */
export interface LongMap {
  /** The key that stands for the lines. */
  readonly placeholder: string
  /** Of the first line, counted from 1. */
  readonly line: number
  readonly entries: readonly (readonly [string, number])[]
}

export interface ShortText {
  readonly text: string
  readonly maps: readonly LongMap[]
}

/** Fewer lines are no work for a parser. */
const MIN_LINES = 1000

/** `key: 1234`, the key plain or in quotes, without anything that YAML reads in another way. */
const ENTRY =
  /^(?<indent> +)(?:'(?<single>[^'\p{Cc}]+)'|"(?<double>[^"\\\p{Cc}]+)"|(?<plain>[\p{L}\p{N}._][\p{L}\p{N}._@/:+-]*)): (?<value>\d{1,15})$/u

export function takeLongMaps(text: string): ShortText {
  const kept: string[] = []
  const maps: LongMap[] = []
  const lines = text.split('\n')
  for (let start = 0; start < lines.length;) {
    const indent = entryOf(lines[start] ?? '')?.indent
    const entries = indent === undefined ? [] : entriesFrom(lines, start, indent)
    if (indent === undefined || entries.length < MIN_LINES) {
      const end = start + Math.max(entries.length, 1)
      for (; start < end; start++) kept.push(lines[start] ?? '')
      continue
    }
    const placeholder = `long-map-${maps.length}`
    // A text that has the name in it already is left as it is.
    if (text.includes(placeholder)) return { text, maps: [] }
    maps.push({ placeholder, line: start + 1, entries })
    kept.push(`${indent}${placeholder}: 0`)
    start += entries.length
  }
  return { text: kept.join('\n'), maps }
}

/** The line of the whole text that a line of the short one was. */
export function originalLine(maps: readonly LongMap[], line: number): number {
  let removed = 0
  for (const map of maps) {
    if (line + removed <= map.line) break
    removed += map.entries.length - 1
  }
  return line + removed
}

function entriesFrom(lines: readonly string[], start: number, indent: string): (readonly [string, number])[] {
  const entries: (readonly [string, number])[] = []
  for (let index = start; index < lines.length; index++) {
    const entry = entryOf(lines[index] ?? '')
    if (entry?.indent !== indent) break
    entries.push([entry.key, entry.value])
  }
  return entries
}

function entryOf(line: string): { indent: string; key: string; value: number } | undefined {
  const { indent, single, double, plain, value } = ENTRY.exec(line.trimEnd())?.groups ?? {}
  const key = single ?? double ?? plain
  if (indent === undefined || key === undefined || key === '__proto__') return undefined
  if (plain !== undefined && !isText(plain)) return undefined
  return { indent, key, value: Number(value) }
}

/** 1e5, 0x1F and .inf are numbers to YAML, true and null words of its own. */
function isText(plain: string): boolean {
  return /[.:]./.test(plain) && Number.isNaN(Number(plain)) && !/^\.(?:inf|nan)$/i.test(plain)
}
