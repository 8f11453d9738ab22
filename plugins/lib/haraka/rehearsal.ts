import type { Fact } from '../explain/step'
import type { ReverseNames } from '../gateway/reverse-names'
import type { JournalRecord } from '../journal/record'
import type { HarakaConnection } from './types'

/**
 * A message that is tried out: it goes through Haraka and its plugins as live mail does, but is delivered to
 * nobody, and nothing that outlasts it may come of it. Whoever keeps counts, records or health asks here first.
 */
export interface Rehearsal {
  /** Whether next hops are asked about recipients, as for live mail. */
  readonly asksNextHops: boolean
  /** The names of the client's address, told instead of looked up. */
  readonly reverseNames: ReverseNames | undefined
  tell(fact: Fact): void
  /** What the journal would have kept. */
  keep(record: Promise<JournalRecord>): void
}

const rehearsals = new WeakMap<object, Rehearsal>()

/** What the session is a rehearsal of; undefined for live mail. Known from the session's first moment on. */
export function rehearsalOf({ client }: Pick<HarakaConnection, 'client'>): Rehearsal | undefined {
  return rehearsals.get(client)
}

/** Marks the client's side of a session, before there is a session. */
export function markRehearsal(client: object, rehearsal: Rehearsal): void {
  rehearsals.set(client, rehearsal)
}
