import type { Socket } from 'node:net'
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
