import { messageNotes, sessionNotes } from '../haraka/notes'
import type { HarakaConnection, HarakaTransaction } from '../haraka/types'
import type { Finding, Listing } from '../lists/types'

/** What lists say about it, and the allowlist that spares the client refusals. */
export interface ListsSaid {
  readonly findings: readonly Finding[]
  readonly allowlist?: string
}

const NOTHING_SAID: ListsSaid = { findings: [] }

/** At once when no list was asked; otherwise when the lookups that are under way are done. */
export function listsSaid(
  connection: HarakaConnection,
  transaction: HarakaTransaction | null,
): ListsSaid | Promise<ListsSaid> {
  const { findings: ofSession, allowlists, allowlisted } = sessionNotes(connection)
  const { findings: ofEnvelope, content } = transaction ? messageNotes(transaction) : {}
  if (!ofSession && !ofEnvelope && !content && !allowlisted) return NOTHING_SAID
  const lookups = [ofSession, ofEnvelope, content].flatMap((findings) => Object.values(findings ?? {}))
  return waitFor(allowlists ? [allowlists, ...lookups] : lookups, allowlisted)
}

async function waitFor(
  lookups: readonly Promise<readonly Finding[]>[],
  allowlisted: Promise<Listing | undefined> | undefined,
): Promise<ListsSaid> {
  const findings = (await Promise.all(lookups)).flat()
  const allowlist = (await allowlisted)?.list
  return allowlist === undefined ? { findings } : { findings, allowlist }
}
