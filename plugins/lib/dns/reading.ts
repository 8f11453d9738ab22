/** More than that, and something else is wrong than a stall. */
const maxRounds = 64

/**
 * Runs tasks once the event loop has read what has already arrived. After a stall timers run before sockets are read,
 * and a read takes some dozen datagrams at a time: who gave up or asked again then, would not know the answers that
 * are there. `replies` tells how many have come so far.
 */
export function createReading(replies: () => number): (task: () => void) => void {
  let tasks: (() => void)[] = []

  function read(before: number, round: number) {
    setImmediate(() => {
      const now = replies()
      if (now !== before && round < maxRounds) {
        read(now, round + 1)
        return
      }
      const due = tasks
      tasks = []
      for (const task of due) task()
    })
  }

  return (task) => {
    if (tasks.push(task) === 1) read(replies(), 1)
  }
}
