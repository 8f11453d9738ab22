import { randomFillSync } from 'node:crypto'

/** Unpredictable 16-bit numbers, drawn in bulk: one call of the generator for each would double the cost of a query. */
export function createRandomIds(): () => number {
  const pool = new Uint16Array(2048)
  let next = pool.length
  return () => {
    if (next === pool.length) {
      randomFillSync(pool)
      next = 0
    }
    return pool[next++] ?? 0
  }
}
