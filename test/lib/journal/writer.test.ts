import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { parseQuery } from '../../../plugins/lib/journal/query'
import { deliveryRow, recordRow, type Row } from '../../../plugins/lib/journal/row'
import { openStore } from '../../../plugins/lib/journal/store'
import { createWriter, type Writer } from '../../../plugins/lib/journal/writer'
import type { Log } from '../../../plugins/lib/log'
import { createRecord } from './records'

describe('the journal’s writer', () => {
  let dir: string
  let databasePath: string
  let logPath: string
  let lines: string[]
  let now: number
  let writer: Writer

  const log: Log = Object.fromEntries(
    ['debug', 'info', 'notice', 'warn', 'error'].map((level) => [
      level,
      (line: string) => lines.push(`${level}: ${line}`),
    ]),
  ) as unknown as Log
  const row = (session: string, time = now): Row => recordRow(createRecord({ session, time }))
  const stored = (): string[] => {
    const store = openStore({ path: databasePath, readonly: true })
    try {
      return store.search(parseQuery({}), { limit: 100 }).map(({ record }) => record.session)
    } finally {
      store.close()
    }
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'journal-test-'))
    databasePath = join(dir, 'journal', 'journal.sqlite')
    logPath = join(dir, 'journal', 'journal.jsonl')
    lines = []
    now = Date.UTC(2026, 5, 1)
    const clock = { now: () => now, monotonic: () => now }
    writer = createWriter({
      databasePath,
      logPath,
      clock,
      log,
      retryMs: 1000,
      maxWaiting: 3,
      busyTimeoutMs: 20,
    })
  })
  afterEach(() => {
    writer.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('writes at once, and lines of JSON as well when wanted', () => {
    writer.write([row('one')])
    writer.configure({ log: 'json', retentionDays: 30, maxBytes: 1e9 })
    writer.write([row('two'), deliveryRow('T', { time: now, kind: 'bounced', recipients: [], answer: 'no' })])
    assert.deepEqual(stored().toSorted(), ['one', 'two'])
    const [record, delivery] = readFileSync(logPath, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual([record?.kind, record?.session], ['record', 'two'])
    assert.deepEqual([delivery?.kind, delivery?.event, delivery?.transaction], ['delivery', 'bounced', 'T'])
  })

  it('says once that a damaged file stops it, keeps what comes, and goes on when it is moved away', () => {
    mkdirSync(join(dir, 'journal'))
    writeFileSync(databasePath, 'this is no database, but long enough to be read as one '.repeat(100))
    writer.write([row('one')])
    now += 1000
    writer.write([row('two')])
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^error: journal: nothing is written, mail goes on: .* move .* away/)
    assert.match(writer.state().fault ?? '', /not a database/)
    renameSync(databasePath, `${databasePath}.damaged`)
    writer.retry()
    assert.equal(writer.state().waiting, 2, 'it waits before it tries again')
    now += 1000
    writer.retry()
    assert.deepEqual(stored(), ['two', 'one'])
    assert.match(lines.at(-1) ?? '', /written again/)
    assert.deepEqual(writer.state(), { fault: undefined, waiting: 0, lost: 0 })
  })

  it('waits for no lock that lasts, and keeps only the latest meanwhile', () => {
    writer.write([row('first')])
    const locker = new Database(databasePath)
    locker.exec('BEGIN IMMEDIATE')
    for (const session of ['a', 'b', 'c', 'd', 'e']) writer.write([row(session, (now += 1))])
    assert.match(lines[0] ?? '', /database is locked: end the program that keeps/)
    assert.equal(lines.length, 1)
    assert.deepEqual([writer.state().waiting, writer.state().lost], [3, 2])
    locker.exec('ROLLBACK')
    locker.close()
    now += 1000
    writer.retry()
    assert.deepEqual(stored(), ['e', 'd', 'c', 'first'])
    assert.match(lines.join('\n'), /warn: journal: 2 records were lost/)
  })

  it('says what to do about a folder that it may not write', function () {
    if (process.getuid?.() === 0) this.skip()
    mkdirSync(join(dir, 'journal'))
    chmodSync(join(dir, 'journal'), 0o500)
    writer.write([row('one')])
    assert.match(lines[0] ?? '', /writable for Haraka's user/)
  })

  it('joins a result that came before its record', () => {
    writer.write([deliveryRow('T.1', { time: now, kind: 'bounced', recipients: [], answer: 'no' })])
    writer.write([recordRow(createRecord({ transaction: 'T.1', delivery: { state: 'queued', events: [] } }))])
    writer.retry()
    const store = openStore({ path: databasePath, readonly: true })
    assert.equal(store.search(parseQuery({ outcome: 'bounced' }), { limit: 1 }).length, 1)
    store.close()
  })

  it('prunes by age and creates nothing for it', () => {
    assert.equal(writer.prune(), false)
    assert.throws(stored)
    writer.configure({ log: 'off', retentionDays: 1, maxBytes: 1e9 })
    writer.write([row('old', now - 90_000_000), row('new')])
    assert.equal(writer.prune(), true)
    assert.equal(writer.prune(), false)
    assert.deepEqual(stored(), ['new'])
  })
})
