import type { ProcessRole } from './process-role'

/**
 * Haraka ends cleanly on SIGINT only; service managers send SIGTERM, and to all processes of the service at
 * once. So SIGTERM means SIGINT to the leader, and nothing to workers, which the master ends in order.
 */
export function handleSignals(role: ProcessRole): void {
  process.on('SIGTERM', () => {
    if (role !== 'worker') process.emit('SIGINT')
  })
}
