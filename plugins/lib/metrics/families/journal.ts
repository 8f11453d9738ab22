import type { Gathered } from '../gathered'
import { counter, gauge, sample, total, type Family } from '../family'

export function journalFamilies({ totals, processes: states }: Gathered): readonly Family[] {
  const journals = states.map((state) => state.journal)
  return [
    gauge('gateway_journal_enabled', 'Whether the journal is on.', [
      sample(Number(journals.some(({ isOn }) => isOn))),
    ]),
    gauge('gateway_journal_waiting', 'Entries of the journal that are not on disk yet.', [
      sample(total(journals.map(({ waiting }) => waiting))),
    ]),
    gauge('gateway_journal_fault', 'Whether a process cannot write the journal.', [
      sample(Number(journals.some(({ hasFault }) => hasFault))),
    ]),
    counter('gateway_journal_lost_total', 'Entries of the journal that were given up.', [
      sample(totals.journalLost),
    ]),
  ]
}
