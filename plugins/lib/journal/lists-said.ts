import { messageNotes, sessionNotes } from '../haraka/notes'
import type { HarakaConnection, HarakaTransaction } from '../haraka/types'
import type { Finding, Listing } from '../lists/types'
import { allKnown, andThen, type Pending } from '../pending'

/** What lists say about it, and the allowlist that spares the client refusals. */
export interface ListsSaid {
  readonly findings: readonly Finding[]
  readonly allowlist?: string
}

const NOTHING_SAID: ListsSaid = { findings: [] }

/** When the lookups that are under way are done. */
export function listsSaid(
  connection: HarakaConnection,
  transaction: HarakaTransaction | null,
): Pending<ListsSaid> {
  const { findings: ofSession, allowlists, allowlisted } = sessionNotes(connection)
  const { findings: ofEnvelope, content } = transaction ? messageNotes(transaction) : {}
  if (!ofSession && !ofEnvelope && !content && !allowlisted) return NOTHING_SAID
  const lookups = [ofSession, ofEnvelope, content].flatMap((findings) => Object.values(findings ?? {}))
  return waitFor(allowlists ? [allowlists, ...lookups] : lookups, allowlisted)
}

function waitFor(
  lookups: readonly Pending<readonly Finding[]>[],
  allowlisted: Pending<Listing | undefined>,
): Pending<ListsSaid> {
  return andThen(allKnown(lookups), (all) =>
    andThen(allowlisted, (listing) => {
      const findings = all.flat()
      return listing === undefined ? { findings } : { findings, allowlist: listing.list }
    }),
  )
}
