/** Time as an argument, so that engines can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch: for what people read. */
  now(): number
  /** Milliseconds that never jump or run backwards: for deadlines and ages. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
