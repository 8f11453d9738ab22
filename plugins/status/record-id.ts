import type { JournalRecord } from '../lib/journal/record'

export type IdentifiedRecord = JournalRecord & { readonly id: string }

/**
 * A record has the id of its transaction, or of its session when it was refused before one: the same in the live view,
 * in the journal of any process, and on every gateway.
 */
export const idOf = ({ transaction, session }: JournalRecord): string => transaction ?? session

export const withId = (record: JournalRecord): IdentifiedRecord => ({ ...record, id: idOf(record) })
