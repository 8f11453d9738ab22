import { rehearsalOf } from '../haraka/rehearsal'
import type { HarakaConnection } from '../haraka/types'
import type { ListEngine } from '../lists'
import type { Gateway } from './index'

/** The lists as a session asks them: a rehearsal sees the questions, and the health of lists does not. */
export function listsFor(
  gateway: Pick<Gateway, 'lists'>,
  connection: Pick<HarakaConnection, 'client'>,
): Pick<ListEngine, 'check'> {
  const rehearsal = rehearsalOf(connection)
  if (!rehearsal) return gateway.lists
  return {
    check: (kind, item) =>
      gateway.lists.check(kind, item, (asked) => {
        rehearsal.tell({ kind: 'lookup', ...asked })
      }),
  }
}
