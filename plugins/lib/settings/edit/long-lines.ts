import type { LongMap, ShortText } from '../long-maps'

/** The lines that `takeLongMaps` took out of a text, for editing them there. */
export interface LongLines {
  /** The entries that stand behind a key of the short text. */
  entriesOf(placeholder: string): LongMap['entries'] | undefined
  /** Sets the values of entries, and takes out those that are undefined; returns how many are left. */
  change(placeholder: string, values: ReadonlyMap<string, number | undefined>): number
  /** Puts the lines where their placeholders still stand. */
  putBack(text: string): string
}

export function createLongLines(text: string, { maps }: ShortText): LongLines {
  const all = maps.length === 0 ? [] : text.split('\n')
  const linesOf = new Map(
    maps.map(({ placeholder, line, entries }) => [
      placeholder,
      all.slice(line - 1, line - 1 + entries.length),
    ]),
  )
  const entriesOf = (name: string): LongMap['entries'] | undefined =>
    maps.find(({ placeholder }) => placeholder === name)?.entries

  return {
    entriesOf,
    change(placeholder, values) {
      const lines = linesOf.get(placeholder) ?? []
      const changed = (entriesOf(placeholder) ?? []).flatMap(([key], index) => {
        const line = lines[index] ?? ''
        if (!values.has(key)) return [line]
        const value = values.get(key)
        return value === undefined ? [] : [withValue(line, value)]
      })
      linesOf.set(placeholder, changed)
      return changed.length
    },
    putBack(short) {
      if (maps.length === 0) return short
      return short
        .split('\n')
        .flatMap((line) => linesOf.get(line.trimStart().replace(/: 0\r?$/, '')) ?? [line])
        .join('\n')
    },
  }
}

function withValue(line: string, value: number): string {
  const entry = line.trimEnd()
  return `${entry.slice(0, entry.lastIndexOf(' ') + 1)}${value}${line.slice(entry.length)}`
}
