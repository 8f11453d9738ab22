import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseQuery, type JournalQuery } from '../../../plugins/lib/journal/query'
import type { DeliveryEvent, JournalRecord } from '../../../plugins/lib/journal/record'
import { deliveryRow, recordRow } from '../../../plugins/lib/journal/row'
import { openStore, openStoreOnceMade, type JournalStore } from '../../../plugins/lib/journal/store'
import { createRecord } from './records'

const listing = {
  kind: 'listed',
  id: 'ip_blocklist/custom/bl.example.net',
  list: 'Example BL',
  item: '192.0.2.7',
  codes: [{ code: '127.0.0.2', meaning: 'source of spam', action: 'reject' }],
  action: 'reject',
  score: 0,
  ms: 3,
} as const

const RIGHT = 'BEEF0001-7C11-4E52-9D7A-000000000007'

describe('the journal’s store', () => {
  let dir: string
  let path: string
  let store: JournalStore
  const write = (...records: JournalRecord[]): void => void store.write(records.map(recordRow))
  const find = (query: JournalQuery, limit = 50): string[] =>
    store.search(parseQuery(query), { limit }).map(({ record }) => record.session)

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'journal-test-'))
    path = join(dir, 'journal', 'journal.sqlite')
    store = openStore({ path })
  })
  afterEach(() => {
    store.close()
    rmSync(dir, { recursive: true })
  })

  it('gives a record back as it was, newest first', () => {
    const [first, second] = [
      createRecord({ time: 1000, session: 'one' }),
      createRecord({ time: 2000, session: 'two' }),
    ]
    write(first, second)
    const records = store.search(parseQuery({}), { limit: 10 }).map(({ record }) => record)
    assert.deepEqual(records, [second, first])
  })

  it('keeps records of the same millisecond apart, and pages through them', () => {
    write(...['a', 'b', 'c', 'd'].map((session) => createRecord({ time: 5000, session })))
    const [first, second] = store.search(parseQuery({}), { limit: 2 })
    assert.deepEqual([first?.record.session, second?.record.session], ['d', 'c'])
    const next = store.search(parseQuery({}), { limit: 9, before: second?.id ?? 0 })
    assert.deepEqual(
      next.map(({ record }) => record.session),
      ['b', 'a'],
    )
    assert.deepEqual(store.after(first?.id ?? 0, parseQuery({}), 9), [])
  })

  it('finds by every field', () => {
    write(
      createRecord({
        session: RIGHT,
        refs: ['X7K2P9'],
        client: {
          ip: '192.0.2.7',
          port: 25,
          name: 'mail.sender.example',
          helo: 'helo.example',
          user: 'Carla',
        },
        sender: 'Anna@Sender.example',
        recipients: [
          { address: 'bob@right.test', outcome: 'refused', reply: '550 No such user', by: 'aliases' },
        ],
        messageId: 'Id.1@sender.example',
        fromDomain: 'from.example',
        subject: 'Rechnung für Ärzte',
        findings: [listing],
        outcome: 'refused',
        by: 'gateway/ip-lists',
      }),
      createRecord({ session: 'other' }),
    )
    const queries: JournalQuery[] = [
      { ip: '192.0.2.7' },
      { ip: '192.0.2.0/24' },
      { ip: '::ffff:192.0.2.7' },
      { from: 'anna@sender.EXAMPLE' },
      { from: 'sender.example' },
      { to: 'bob@right.test' },
      { to: '@right.test' },
      { messageId: '<id.1@sender.example>' },
      { fromDomain: 'from.example' },
      { id: RIGHT.slice(0, 6).toLowerCase() },
      { id: RIGHT },
      { id: `${RIGHT}.1` },
      { text: RIGHT.slice(0, 13) },
      { ref: 'x7k2p9' },
      { list: 'example bl' },
      { list: 'bl.example.net' },
      { list: 'ip_blocklist/custom/bl.example.net' },
      { user: 'carla' },
      { plugin: 'aliases' },
      { outcome: 'refused' },
      { text: 'ärzte rechnung' },
      { text: 'helo.example' },
      { text: 'anna@sender.example X7K2P9' },
      { text: '192.0.2.7' },
      { text: 'user', ip: '192.0.2.0/25', outcome: 'refused', list: 'Example BL' },
    ]
    for (const query of queries) assert.deepEqual(find(query), [RIGHT], JSON.stringify(query))
    assert.deepEqual(find({ text: 'rechnung', from: 'example.org' }), [])
  })

  it('keeps IPv4 and IPv6 networks apart, up to their last address', () => {
    const ips = [
      '10.0.0.0',
      '10.0.0.255',
      '10.0.1.0',
      '2001:db8::',
      '2001:db8:0:ffff:ffff:ffff:ffff:ffff',
      '2001:db8:1::',
    ]
    write(...ips.map((ip, at) => createRecord({ session: ip, client: { ip, port: 25 }, time: 1000 + at })))
    assert.deepEqual(find({ ip: '10.0.0.0/24' }), ['10.0.0.255', '10.0.0.0'])
    assert.deepEqual(find({ ip: '2001:db8::/48' }), ['2001:db8:0:ffff:ffff:ffff:ffff:ffff', '2001:db8::'])
    assert.deepEqual(find({ ip: '0.0.0.0/0' }).length, 3)
    assert.throws(() => find({ ip: '10.0.0.0/33' }), /must be an IP address or a CIDR/)
    assert.throws(() => find({ ip: 'x' }), /must be an IP address or a CIDR/)
  })

  it('finds by time, both ends included', () => {
    write(...[1000, 2000, 3000].map((time) => createRecord({ time, session: String(time) })))
    assert.deepEqual(find({ since: 2000 }), ['3000', '2000'])
    assert.deepEqual(find({ since: 1000, until: 2000, to: 'here.test' }), ['2000', '1000'])
  })

  it('takes whatever strangers write, as values and as questions', () => {
    const odd = '"*" OR \\ \' ; DROP TABLE records; -- \u0000\u001b[31m 日本'
    write(createRecord({ session: 'odd', sender: odd, messageId: odd, subject: odd }), createRecord())
    assert.deepEqual(find({ from: odd }), [])
    assert.deepEqual(find({ messageId: odd }), ['odd'])
    assert.deepEqual(find({ text: '日本 table' }), ['odd'])
    for (const text of ['"', '""', '*', '(', 'a AND', 'NEAR(', '^', '-', ':', '\\', "'"])
      find({ text, ref: text })
    assert.equal(store.count(), 2)
  })

  it('joins results of the outbound queue to the record, and never forgets a bounce', () => {
    const event: DeliveryEvent = {
      time: 1,
      kind: 'delayed',
      recipients: ['bob@here.test'],
      answer: 'try later',
    }
    write(createRecord({ transaction: 'T.1', delivery: { state: 'queued', events: [] } }))
    const rows = [
      deliveryRow('T.1', event),
      deliveryRow('T.1', { ...event, kind: 'bounced', answer: 'no such user' }),
      deliveryRow('T.1', { ...event, kind: 'delivered', answer: 'ok' }),
    ]
    assert.deepEqual(store.write(rows), [])
    const [found] = store.search(parseQuery({ outcome: 'bounced' }), { limit: 9 })
    assert.equal(found?.record.delivery?.state, 'bounced')
    assert.deepEqual(
      found.record.delivery.events.map(({ answer }) => answer),
      ['try later', 'no such user', 'ok'],
    )
  })

  it('gives back results whose record is not there', () => {
    const row = deliveryRow('T.2', { time: 1, kind: 'bounced', recipients: [], answer: 'no' })
    assert.deepEqual(store.write([row]), [row])
  })

  it('prunes the oldest by age, a few at a time', () => {
    write(
      ...Array.from({ length: 10 }, (_, at) =>
        createRecord({ time: 1000 * (at + 1), session: `session${at}` }),
      ),
    )
    const limits = { cutoff: 5001, maxBytes: Number.MAX_SAFE_INTEGER }
    assert.equal(store.prune(limits, 3), 3)
    assert.equal(store.prune(limits, 3), 2)
    assert.equal(store.prune(limits, 3), 0)
    assert.equal(store.count(), 5)
    assert.deepEqual(find({ id: 'session4' }), [])
    assert.deepEqual(find({ id: 'session5' }), ['session5'])
  })

  it('prunes the oldest by size', () => {
    const record = (at: number): JournalRecord =>
      createRecord({ time: 1000 * (at + 1), session: `session${at}`, skips: ['x'.repeat(2000)] })
    write(...Array.from({ length: 400 }, (_, at) => record(at)))
    const limits = { cutoff: 0, maxBytes: 400_000 }
    let steps = 0
    while (store.prune(limits, 20) > 0) steps++
    assert.ok(steps > 1 && steps < 20)
    const left = store.count()
    assert.ok(left > 50 && left < 300, String(left))
    assert.deepEqual(find({ id: 'session0' }), [])
    assert.deepEqual(find({ id: 'session399' }), ['session399'])
    // What is freed is used again.
    write(...Array.from({ length: 50 }, (_, at) => record(400 + at)))
    assert.ok(store.prune(limits, 20) > 0)
  })

  it('is nothing yet to who looks while it is being made', () => {
    const begun = `${path}-begun`
    writeFileSync(begun, '')
    assert.equal(openStoreOnceMade(begun), undefined)
    openStore({ path: begun }).close()
    const made = openStoreOnceMade(begun)
    assert.equal(made?.count(), 0)
    made.close()
  })

  it('is shared by several writers and readers', () => {
    const other = openStore({ path })
    const reader = openStore({ path, readonly: true })
    write(createRecord({ time: 1000, session: 'mine' }))
    other.write([recordRow(createRecord({ time: 1000, session: 'theirs' }))])
    assert.deepEqual(
      reader.search(parseQuery({}), { limit: 9 }).map(({ record }) => record.session),
      ['theirs', 'mine'],
    )
    other.close()
    reader.close()
  })
})
