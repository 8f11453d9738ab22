import type { Clock } from '../clock'
import type { HarakaPlugin } from './types'

/** haraka-utils' TimerQueue. */
interface TimerQueue {
  readonly queue: readonly Timer[]
  add(id: string, ms: number, attempt: () => void): Timer
  discard(id: string): void
}

interface Timer {
  readonly id: string
  readonly cb: (() => void) | null
}

const LOOK_MS = 1000

/**
 * Haraka's deferred mail waits by the wall clock: when that is set back by a day, nothing is tried again for a day.
 * What has waited for as long as it was to wait is tried whatever the wall clock says.
 */
export function retryByTheTimePassed(plugin: HarakaPlugin, clock: Clock): void {
  const { temp_fail_queue: deferred } = plugin.haraka_require('outbound/queue') as {
    readonly temp_fail_queue: TimerQueue
  }
  const due = new WeakMap<Timer, number>()
  const add = deferred.add.bind(deferred)
  deferred.add = (id, ms, attempt) => {
    const timer = add(id, ms, attempt)
    due.set(timer, clock.monotonic() + ms)
    return timer
  }
  setInterval(() => {
    const now = clock.monotonic()
    // Haraka's own turn comes first: what is left then is late.
    const late = deferred.queue.filter((timer) => (due.get(timer) ?? Infinity) + LOOK_MS < now)
    for (const { id, cb } of late) {
      deferred.discard(id)
      cb?.()
    }
  }, LOOK_MS).unref()
}
