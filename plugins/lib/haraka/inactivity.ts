import type { Socket } from 'node:net'
import { isAtWork } from './session-state'
import type { HarakaConnection } from './types'

/** How Haraka's socket looks after STARTTLS. */
interface UpgradedSocket {
  readonly cleartext?: { readonly socket: Socket }
}

/** How long a client may keep silent before Haraka says `421 timeout`. */
export function setInactivityTimeout(connection: HarakaConnection, timeoutMs: number): void {
  connection.client.setTimeout(timeoutMs)
  // The socket below TLS keeps a timer of its own from before STARTTLS, and Haraka listens to both.
  const below = (connection.client as UpgradedSocket).cleartext?.socket
  below?.setTimeout(timeoutMs)
}

/**
 * Haraka says `421 timeout` also when the silence is ours: while a next hop thinks about a message longer than
 * clients may keep silent, and takes it in the end. The sender would send it again, and again.
 */
export function countOnlyTheClientsSilence(connection: HarakaConnection): void {
  const { client } = connection
  const [timedOut] = client.listeners('timeout') as (() => void)[]
  if (!timedOut) return
  client.off('timeout', timedOut)
  client.on('timeout', () => {
    // The reply starts the timer anew.
    if (!isAtWork(connection)) timedOut()
  })
}
