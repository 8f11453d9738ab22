/** Where a session stands, times in monotonic milliseconds. */
export interface Standing {
  readonly turn: 'command' | 'message' | 'ours'
  /** The reply that made it the client's turn: its command is complete, or 354. */
  readonly since: number
  /** Of the message so far. */
  readonly bytes: number
  /** The last message or recipient that was taken, or the start of the session. */
  readonly progressAt: number
}

/** As Postfix's smtpd_min_data_rate. */
const MIN_BYTES_PER_SECOND = 500
/** How many times the inactivity timeout a session may last without getting anywhere. */
const SESSION_FACTOR = 10
/** When connections are scarce. */
const STRESS_TIMEOUT_MS = 30_000

/**
 * Whether a client takes so long that its connection is better given to another. The inactivity timeout alone
 * holds off nobody: a client that sends one byte, or a NOOP, every minute keeps its connection for ever.
 */
export function isTooSlow(
  { turn, since, bytes, progressAt }: Standing,
  { now, timeoutMs, isStressed }: { now: number; timeoutMs: number; isStressed: boolean },
): boolean {
  if (turn === 'ours') return false
  const patienceMs = isStressed ? Math.min(timeoutMs, STRESS_TIMEOUT_MS) : timeoutMs
  if (turn === 'message') return now - since > patienceMs + (bytes / MIN_BYTES_PER_SECOND) * 1000
  return now - since > patienceMs || now - progressAt > SESSION_FACTOR * patienceMs
}
