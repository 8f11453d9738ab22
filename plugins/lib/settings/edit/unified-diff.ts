import { editScript, type Run } from './edit-script'

const contextLines = 3
/** A longer one is nothing that anybody reads. */
const maxLines = 5000

/** What changed between two texts, as `diff -u` shows it; empty when nothing did. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return ''
  const [old, now] = [linesOf(before), linesOf(after)]
  const lines = hunksOf(editScript(old, now)).flatMap((hunk) => formatHunk(hunk, old, now))
  const shown = lines.slice(0, maxLines)
  if (lines.length > maxLines) shown.push(`(and ${lines.length - maxLines} more lines)`)
  return [`--- a/${file}`, `+++ b/${file}`, ...shown, ''].join('\n')
}

/** A last line without an end is another line than the same with one. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`]
}

type Hunk = readonly Run[]

/** Differences with the lines around them; those that are near to each other share a hunk. */
function hunksOf(runs: readonly Run[]): Hunk[] {
  const hunks: Run[][] = []
  let isOpen = false
  for (const [index, run] of runs.entries()) {
    if (!run.isSame) {
      if (!isOpen) hunks.push(index > 0 ? [lastLines(runs[index - 1])] : [])
      hunks.at(-1)?.push(run)
      isOpen = true
      continue
    }
    const isBetween = isOpen && index < runs.length - 1
    if (isBetween && run.before[1] - run.before[0] <= 2 * contextLines) {
      hunks.at(-1)?.push(run)
      continue
    }
    if (isOpen) hunks.at(-1)?.push(firstLines(run))
    isOpen = false
  }
  return hunks
}

function firstLines({ before, after }: Run): Run {
  const end = (range: Run['before']): number => Math.min(range[0] + contextLines, range[1])
  return { isSame: true, before: [before[0], end(before)], after: [after[0], end(after)] }
}

function lastLines(run: Run | undefined): Run {
  const { before, after } = run ?? { before: [0, 0], after: [0, 0] }
  const start = (range: Run['before']): number => Math.max(range[1] - contextLines, range[0])
  return { isSame: true, before: [start(before), before[1]], after: [start(after), after[1]] }
}

function formatHunk(hunk: Hunk, old: readonly string[], now: readonly string[]): string[] {
  const span = (side: 'before' | 'after'): string => {
    const start = hunk[0]?.[side][0] ?? 0
    const count = (hunk.at(-1)?.[side][1] ?? 0) - start
    // A range of no lines is named by the line before it.
    return `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`
  }
  return [
    `@@ -${span('before')} +${span('after')} @@`,
    ...hunk.flatMap(({ isSame, before, after }) =>
      isSame
        ? old.slice(...before).map((line) => ` ${line}`)
        : [
            ...old.slice(...before).map((line) => `-${line}`),
            ...now.slice(...after).map((line) => `+${line}`),
          ],
    ),
  ]
}
