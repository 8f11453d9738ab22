import type { Bus } from '../haraka/bus'
import { isLeader, type ProcessRole } from '../haraka/process-role'
import type { Health, StateChange } from '../lists'

/** What is published on the bus: a `StateChange` that one process found. */
export const CHANGED = 'list-health'
const WANTED = 'list-health-wanted'

/**
 * One health of lists for all processes of the host: whoever meets a fault tells the others, only the leader
 * tests suspended lists, and a worker that starts later asks for what is known.
 */
export function shareListHealth(health: Health, bus: Bus, role: ProcessRole): void {
  health.onChange((change) => {
    bus.publish(CHANGED, change)
  })
  bus.subscribe(CHANGED, (data) => {
    const { listId, state } = data as StateChange
    health.apply(listId, state)
  })
  if (isLeader(role)) {
    bus.subscribe(WANTED, () => {
      for (const change of health.snapshot()) bus.publish(CHANGED, change)
    })
    health.startTesting()
  } else {
    bus.publish(WANTED, {})
  }
}
