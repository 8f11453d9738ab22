import { proceed, refuse, type Outcome } from '../haraka/hook'
import { messageNotes } from '../haraka/notes'
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
  if (!gateway.settings().shadow) {
    plugin.lognotice(`refused ref ${ref}: ${what}: ${reason}`)
    return refuse(listed(reason, ref))
  }
  plugin.lognotice(`would refuse ref ${ref}: ${what}: ${reason}`)
  if (connection.transaction) {
    const notes = messageNotes(connection.transaction)
    notes.wouldRefuse = [...(notes.wouldRefuse ?? []), `${what}: ${reason} (ref ${ref})`]
  }
  return proceed
}
