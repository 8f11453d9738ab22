/** A run of items of two sequences: the same in both, or `before` in the first where `after` is in the second. */
export interface Run {
  readonly isSame: boolean
  /** Half-open ranges of indices. */
  readonly before: readonly [start: number, end: number]
  readonly after: readonly [start: number, end: number]
}

/** The search takes time and memory by the square of the differences; beyond these all is taken for different. */
const maxDifferences = 500

/** What is the same in two sequences, and what is not, with as few differences as possible (Myers 1986). */
export function editScript(before: readonly string[], after: readonly string[]): readonly Run[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let [beforeEnd, afterEnd] = [before.length, after.length]
  while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
    beforeEnd--
    afterEnd--
  }
  const pairs = [
    ...range(0, start).map((at): Pair => [at, at]),
    ...matches(before.slice(start, beforeEnd), after.slice(start, afterEnd)).map(([a, b]): Pair => [
      a + start,
      b + start,
    ]),
    ...range(beforeEnd, before.length).map((at): Pair => [at, at - beforeEnd + afterEnd]),
  ]
  return runsOf(pairs, before.length, after.length)
}

/** Indices of equal items. */
type Pair = readonly [before: number, after: number]

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, offset) => start + offset)

function runsOf(pairs: readonly Pair[], beforeLength: number, afterLength: number): Run[] {
  const runs: Run[] = []
  let [a, b] = [0, 0]
  const leaveOut = (toA: number, toB: number): void => {
    if (toA > a || toB > b) runs.push({ isSame: false, before: [a, toA], after: [b, toB] })
  }
  for (let first = 0; first < pairs.length;) {
    const [startA, startB] = pairs[first] ?? [0, 0]
    let count = 1
    while (pairs[first + count]?.[0] === startA + count && pairs[first + count]?.[1] === startB + count)
      count++
    leaveOut(startA, startB)
    ;[a, b] = [startA + count, startB + count]
    runs.push({ isSame: true, before: [startA, a], after: [startB, b] })
    first += count
  }
  leaveOut(beforeLength, afterLength)
  return runs
}

/** The longest common subsequence: `farthest[k]` is how far diagonal k was got with so many differences. */
function matches(before: readonly string[], after: readonly string[]): readonly Pair[] {
  const limit = Math.min(before.length + after.length, maxDifferences)
  const trace: Map<number, number>[] = []
  let farthest = new Map([[1, 0]])
  for (let differences = 0; differences <= limit; differences++) {
    const next = new Map<number, number>()
    for (let k = -differences; k <= differences; k += 2) {
      let a = isDown(farthest, k, differences) ? at(farthest, k + 1) : at(farthest, k - 1) + 1
      while (a < before.length && a - k < after.length && before[a] === after[a - k]) a++
      next.set(k, a)
      if (a >= before.length && a - k >= after.length) return walkBack(trace, [before.length, after.length])
    }
    trace.push(next)
    farthest = next
  }
  return []
}

const at = (farthest: ReadonlyMap<number, number>, k: number): number => farthest.get(k) ?? -1

/** Whether diagonal k is reached by an insertion, and not by a deletion. */
const isDown = (farthest: ReadonlyMap<number, number>, k: number, differences: number): boolean =>
  k === -differences || (k !== differences && at(farthest, k - 1) < at(farthest, k + 1))

function walkBack(trace: readonly ReadonlyMap<number, number>[], end: Pair): Pair[] {
  const pairs: Pair[] = []
  let [a, b] = end
  for (let differences = trace.length; differences >= 0; differences--) {
    const farthest = trace[differences - 1] ?? new Map([[1, 0]])
    const k = a - b
    const isInserted = isDown(farthest, k, differences)
    const fromK = isInserted ? k + 1 : k - 1
    const fromA = differences === 0 ? 0 : at(farthest, fromK)
    const fromB = differences === 0 ? 0 : fromA - fromK
    const startA = differences === 0 ? 0 : isInserted ? fromA : fromA + 1
    for (; a > startA; a--, b--) pairs.push([a - 1, b - 1])
    ;[a, b] = [fromA, fromB]
  }
  return pairs.reverse()
}
