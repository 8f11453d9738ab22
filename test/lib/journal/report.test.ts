import assert from 'node:assert/strict'
import type { FindingRecord, JournalRecord } from '../../../plugins/lib/journal/record'
import { createReport } from '../../../plugins/lib/journal/report'
import { createRecord } from './records'

type Action = Extract<FindingRecord, { kind: 'listed' }>['action']

const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1)

function listed(id: string, action: Action = 'reject', ms = 1): FindingRecord {
  const codes = [{ code: '127.0.0.2', meaning: 'listed', action }]
  return { kind: 'listed', id, list: nameOf(id), item: '192.0.2.1', codes, action, score: 0, ms }
}
const error = (id: string, reason: string): FindingRecord => ({
  ...{ kind: 'error', id, list: nameOf(id), item: '192.0.2.1' },
  ...{ reason, ms: 3000 },
})
const clear = (id: string, ms: number): JournalRecord['clear'][number] => ({
  ...{ id, list: nameOf(id), items: ['192.0.2.1'] },
  ms: [ms],
})

const a = 'ip_blocklist/custom/a.test'
const b = 'ip_blocklist/custom/b.test'
const allow = 'ip_allowlist/custom/w.test'

function reportOn(...records: Partial<JournalRecord>[]) {
  const reports = createReport(records.map(createRecord))
  return (id: string) => {
    const found = reports.find((report) => report.id === id)
    assert.ok(found, `no report on ${id}`)
    return found
  }
}

describe('the report on lists', () => {
  it('counts what a list finds that no other does, and with which it agrees', () => {
    const of = reportOn(
      { findings: [listed(a), listed(b)] },
      { findings: [listed(a)], clear: [clear(b, 1)] },
      { clear: [clear(a, 1), clear(b, 1)] },
    )
    const { asked, listed: found, unique, overlap } = of(a)
    assert.deepEqual(
      { asked, found, unique, overlap },
      { asked: 3, found: 2, unique: 1, overlap: { list: 'b.test', messages: 1 } },
    )
    assert.equal(of(b).unique, 0)
  })

  it('tells what was refused from what would have been', () => {
    const refused = { outcome: 'refused', reply: '550 5.7.1 192.0.2.1 is listed in a.test: listed' } as const
    const of = reportOn(
      { ...refused, findings: [listed(a)] },
      { findings: [listed(a, 'note')] },
      { findings: [listed(a)], wouldRefuse: ['550 5.7.1 192.0.2.1 is listed in a.test: listed'] },
      // Spared, whatever the list does.
      { findings: [listed(a, 'note')], client: { ip: '192.0.2.1', port: 25, allowlist: 'w.test' } },
    )
    assert.deepEqual([of(a).refused, of(a).wouldRefuse], [1, 2])
  })

  it('reports on allowlists, which share nothing with blocklists', () => {
    const of = reportOn({ findings: [listed(a), listed(allow, 'allow')] }, { clear: [clear(allow, 2)] })
    const { asked, listed: found, unique, overlap, refused, wouldRefuse } = of(allow)
    assert.deepEqual(
      { asked, found, unique, overlap, refused, wouldRefuse },
      { asked: 2, found: 1, unique: 1, overlap: undefined, refused: 0, wouldRefuse: 0 },
    )
    assert.equal(of(a).unique, 1)
  })

  it('counts lists that give no answer, and those that were not asked', () => {
    const of = reportOn(
      { findings: [error(a, 'gives no answer within 3000 ms'), error(b, 'answers with 127.255.255.254')] },
      { findings: [{ kind: 'skipped', id: a, list: 'a.test', item: '192.0.2.1', reason: 'suspended' }] },
    )
    assert.deepEqual([of(a).timeouts, of(a).errors, of(a).skipped, of(a).asked], [1, 0, 1, 0])
    assert.deepEqual([of(b).timeouts, of(b).errors], [0, 1])
  })

  it('gives the median and the 99th percentile of all answers', () => {
    const of = reportOn(...Array.from({ length: 100 }, (_, index) => ({ clear: [clear(a, index + 1)] })))
    assert.deepEqual([of(a).medianMs, of(a).p99Ms], [50, 99])
  })
})
