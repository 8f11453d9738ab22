/**
 * Something that is known already, or will be. Most of what a session asks is known, and a promise for each of it, and
 * for each who waits for it, was a fifth of what a small message cost.
 */
export type Pending<T> = T | Promise<T>

/** What follows from it: at once if it is known. */
export function andThen<T, Result>(
  pending: Pending<T>,
  follow: (value: T) => Pending<Result>,
): Pending<Result> {
  return pending instanceof Promise ? pending.then(follow) : follow(pending)
}

/** All of them, in order. */
export function allKnown<T>(pending: readonly Pending<T>[]): Pending<readonly T[]> {
  for (const one of pending) if (one instanceof Promise) return Promise.all(pending)
  return pending as readonly T[]
}
