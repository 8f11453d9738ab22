import type { Clock } from '../../../plugins/lib/clock'

/** A clock that stands still until it is told to go on. */
export function createTestClock(): Clock & { advance(ms: number): void } {
  let time = 1_000_000
  return {
    now: () => time,
    monotonic: () => time,
    advance(ms) {
      time += ms
    },
  }
}
