import type { CountRow } from './counts'
import type { DeliveryEvent, DeliveryState, JournalRecord } from './record'
import { termsOf } from './terms'

/**
 * What happened, ready for the disk. Made where the record is made: to hand over a few strings is cheaper than
 * to have the writer's thread read the record again.
 */
export type Row =
  | {
      readonly kind: 'record'
      readonly time: number
      readonly state: DeliveryState | undefined
      /** Tokens of the full-text index. */
      readonly terms: string
      readonly json: string
    }
  /** A result of the outbound queue, for the record of its transaction. */
  | {
      readonly kind: 'delivery'
      readonly time: number
      readonly transaction: string
      readonly state: DeliveryEvent['kind']
      readonly json: string
    }
  /** Numbers to add to those that are there. */
  | { readonly kind: 'counts'; readonly time: number; readonly counts: readonly CountRow[] }

export function recordRow(record: JournalRecord): Row {
  return {
    kind: 'record',
    time: record.time,
    state: record.delivery?.state,
    terms: termsOf(record),
    json: JSON.stringify(record),
  }
}

export function deliveryRow(transaction: string, event: DeliveryEvent): Row {
  return { kind: 'delivery', time: event.time, transaction, state: event.kind, json: JSON.stringify(event) }
}

/** A row as log shippers get it, who count for themselves. */
export function jsonLine(row: Row): string {
  if (row.kind === 'counts') return ''
  const rest = row.json.slice(1)
  if (row.kind === 'record') return `{"kind":"record",${rest}\n`
  // The event's own kind, such as bounced, would be there twice.
  return `{"kind":"delivery","transaction":${JSON.stringify(row.transaction)},${rest.replace('"kind":', '"event":')}\n`
}
