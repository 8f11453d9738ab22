import type { ListEngine } from '../lists/engine'
import type { Finding } from '../lists/types'
import { andThen } from '../pending'

/** The same lists; whatever they say is counted. */
export function countFindings(lists: ListEngine, count: (findings: readonly Finding[]) => void): ListEngine {
  return {
    ...lists,
    check: (kind, item, trial) =>
      andThen(lists.check(kind, item, trial), (findings) => {
        // What somebody tries out is no mail.
        if (!trial) count(findings)
        return findings
      }),
  }
}
