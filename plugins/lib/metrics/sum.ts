/** Adds up plain data of one shape: numbers by their place, at any depth; of anything else the first stays. */
export function sum<Value>(values: readonly Value[]): Value | undefined {
  return values.reduce<unknown>(add, undefined) as Value | undefined
}

function add(a: unknown, b: unknown): unknown {
  if (a === undefined) return b
  if (b === undefined) return a
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (Array.isArray(a) && Array.isArray(b)) {
    const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a]
    return longer.map((value: unknown, at) => add(value, shorter[at]))
  }
  if (!isRecord(a) || !isRecord(b)) return a
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...keys].map((key) => [key, add(a[key], b[key])]))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
