import { proceed, refuse, type Outcome } from '../haraka/hook'
import { messageNotes } from '../haraka/notes'
import { rehearsalOf } from '../haraka/rehearsal'
import { listed } from '../haraka/replies'
import type { HarakaConnection, HarakaPlugin } from '../haraka/types'
import type { Gateway } from './index'
import { createReference } from './reference'

/**
 * The refusal for a listing, with a reference for those who ask; in shadow mode only a note of it. `what` is
 * refused: `192.0.2.1 to <bob@example.com>`.
 */
export function refuseListed(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  what: string,
  reason: string,
): Outcome {
  const ref = createReference()
  const log = (line: string): void => {
    // Whoever searches the log for a reference looks for mail.
    if (!rehearsalOf(connection)) plugin.lognotice(line)
  }
  if (!gateway.settings().shadow) {
    log(`refused ref ${ref}: ${what}: ${reason}`)
    return refuse(listed(reason, ref))
  }
  log(`would refuse ref ${ref}: ${what}: ${reason}`)
  if (connection.transaction) {
    const notes = messageNotes(connection.transaction)
    notes.wouldRefuse = [...(notes.wouldRefuse ?? []), `${what}: ${reason} (ref ${ref})`]
  }
  return proceed
}
