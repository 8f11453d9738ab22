import type { JournalRecord } from '../../../plugins/lib/journal/record'

/** A record like most, but for what a test gives. */
export function createRecord(given: Partial<JournalRecord> = {}): JournalRecord {
  const { session = 'AAAAAAAA-0000-4000-8000-000000000001' } = given
  return {
    time: Date.UTC(2026, 5, 1),
    durationMs: 12,
    session,
    transaction: `${session}.1`,
    refs: [],
    client: { ip: '198.51.100.1', port: 25 },
    sender: 'anna@example.org',
    recipients: [{ address: 'bob@here.test', outcome: 'accepted' }],
    findings: [],
    clear: [],
    score: 0,
    skips: [],
    marks: [],
    outcome: 'accepted',
    reply: '250 2.0.0 Ok',
    wouldRefuse: [],
    delivery: { state: 'delivered', events: [] },
    ...given,
  }
}
