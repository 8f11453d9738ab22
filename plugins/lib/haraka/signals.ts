import type { Bus } from './bus'
import type { ProcessRole } from './process-role'
import type { HarakaPlugin } from './types'

const ENDING = 'ending'

/**
 * Haraka ends cleanly on SIGINT only; service managers send SIGTERM, and to all processes of the service at
 * once. So SIGTERM means SIGINT to the leader, and nothing to workers, which the master ends in order.
 *
 * The master ends all but one worker first, and waits for them: the last one would go on serving clients, for as
 * long as the slowest session elsewhere takes. So every worker hears of the end at once.
 */
export function handleSignals(role: ProcessRole, bus: Bus): void {
  // Ends like any program.
  if (role === 'rehearsal') return
  process.on('SIGTERM', () => {
    if (role !== 'worker') process.emit('SIGINT')
  })
  if (role !== 'worker') {
    process.once('SIGINT', () => {
      bus.publish(ENDING, {})
    })
  }
}

/** Calls `end` once, when the gateway ends or Haraka ends this process. */
export function onEnding(bus: Bus, plugin: HarakaPlugin, end: () => void): void {
  let isEnding = false
  const once = (): void => {
    if (!isEnding) end()
    isEnding = true
  }
  bus.subscribe(ENDING, once)
  plugin.shutdown = once
}
