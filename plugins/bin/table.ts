/** Text for terminals. What strangers wrote may hold control sequences that a terminal would obey. */
export const shown = (text: string): string => text.replace(/\p{Cc}/gu, '?')

/** Rows as columns; numbers stand at the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const isNumber = (column: number): boolean => rows.some((row) => typeof row[column] === 'number')
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return isNumber(column) ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${shown(line)}\n`)
    .join('')
}
