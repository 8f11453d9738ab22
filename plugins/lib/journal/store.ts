import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type DatabaseConstructor from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { HOUR_MS, KEPT_MINUTES_MS, MINUTE_MS, type CountRow, type CountSelection } from './counts'
import { isInNetwork, type StoreQuery } from './query'
import type { JournalRecord } from './record'
import type { Row } from './row'
import { term } from './terms'

/**
 * The journal's database. Records are JSON; a full-text index without content finds them by their terms, networks
 * included: a B-tree writes a page for each of them, which costs five times as much. A record's id begins with its
 * time, so that the order of ids is the order of time and a time range is a range of ids.
 */
export interface JournalStore {
  /** Writes all or nothing; returns the deliveries whose records are not (yet) there. */
  write(rows: readonly Row[]): readonly Row[]
  /** Newest first. `before` is the id of the last one on the page before. */
  search(
    query: StoreQuery,
    page: { readonly limit: number; readonly before?: number },
  ): readonly StoredRecord[]
  /** Oldest first, from after the id; for those who follow. */
  after(id: number, query: StoreQuery, limit: number): readonly StoredRecord[]
  /** All records of a time, oldest first, one by one: for counting. */
  each(since: number, until: number): IterableIterator<JournalRecord>
  /** Deletes up to `limit` of the oldest records that are too old or too much; returns how many. */
  prune(limits: Retention, limit: number): number
  /** Numbers of a time, in the order of time. */
  counts(selection: CountSelection): readonly CountRow[]
  count(): number
  close(): void
}

export interface StoredRecord {
  readonly id: number
  readonly record: JournalRecord
}

export interface Retention {
  /** Milliseconds since the epoch: older records go. */
  readonly cutoff: number
  readonly maxBytes: number
}

export interface StoreOptions {
  readonly path: string
  /** For people who search: the file must be there and is not changed. */
  readonly readonly?: boolean
  /** How long a write waits for another process. */
  readonly busyTimeoutMs?: number
}

const SCHEMA_VERSION = 3
/** Records are a kilobyte long. */
const PAGE_BYTES = 8192
/** Ids of one millisecond: 2^53 / 2048 ms last until 2109. */
const IDS_PER_MS = 2048
/** Segments of the index that become one at a time: more of them cost less to write and more to search. */
const MERGED_SEGMENTS = 8
/** Every printable ASCII character but quotes and backslash belongs to a token: `f:anna@example.org` is one. */
const TOKENIZER = `ascii tokenchars ''!#$%&()*+,-./:;<=>?@[]^_{|}~''`

export function openStore(options: StoreOptions): JournalStore {
  const db = options.readonly === true ? openForReading(options) : openForWriting(options)
  return closedByFault(db, () => createStore(db))
}

/** For people who search; undefined while another process is only making it: its tables come all at once. */
export function openStoreOnceMade(path: string): JournalStore | undefined {
  const db = openForReading({ path })
  return closedByFault(db, () => {
    if (pragma(db, 'user_version') > 0) return createStore(db)
    db.close()
    return undefined
  })
}

function closedByFault<Result>(db: Database, use: () => Result): Result {
  try {
    return use()
  } catch (error) {
    db.close()
    throw error
  }
}

/** Loaded when it is needed: an optional dependency, which cannot be installed everywhere. */
const sqlite = (): typeof DatabaseConstructor =>
  createRequire(__filename)('better-sqlite3') as typeof DatabaseConstructor

function openForReading({ path, busyTimeoutMs = 5000 }: StoreOptions): Database {
  return new (sqlite())(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
}

function openForWriting({ path, busyTimeoutMs = 2000 }: StoreOptions): Database {
  // Who writes to whom is nobody else's business.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const db = new (sqlite())(path, { timeout: busyTimeoutMs })
  return closedByFault(db, () => {
    // Must come before the first table, so that a smaller max_size makes the file smaller.
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma(`page_size = ${PAGE_BYTES}`)
    db.pragma('journal_mode = WAL')
    // A crash of the process loses nothing, a power cut the last moments; the file stays sound in both.
    db.pragma('synchronous = NORMAL')
    db.pragma('journal_size_limit = 67108864')
    db.pragma('cache_size = -16000')
    db.transaction(() => {
      createSchema(db)
    }).immediate()
    return db
  })
}

/** Nearly all are delivered at once: those are found without an index. */
const UNDELIVERED = "delivery <> 'delivered'"

function createSchema(db: Database): void {
  const version = pragma(db, 'user_version')
  if (version === SCHEMA_VERSION) return
  if (version > SCHEMA_VERSION) throw new Error('it was written by a newer version of this gateway')
  if (version > 0) throw new Error('it is older than the first release: move it away, and a new one is begun')
  createRecords(db)
  db.exec(`
    CREATE TABLE counts
      (step INTEGER, time INTEGER, kind TEXT, key TEXT, count INTEGER NOT NULL, PRIMARY KEY (step, time, kind, key))
      STRICT, WITHOUT ROWID;
    PRAGMA user_version = ${SCHEMA_VERSION};
  `)
}

function createRecords(db: Database): void {
  db.exec(`
    CREATE TABLE records (id INTEGER PRIMARY KEY, delivery TEXT, json TEXT NOT NULL) STRICT;
    CREATE INDEX records_undelivered ON records (delivery) WHERE ${UNDELIVERED};
    CREATE VIRTUAL TABLE terms USING fts5
      (tokens, content='', contentless_delete=1, detail=none, tokenize='${TOKENIZER}');
    INSERT INTO terms (terms, rank) VALUES ('automerge', ${MERGED_SEGMENTS});
  `)
}

function createStore(db: Database): JournalStore {
  const insert = createInsert(db)
  const addEvent = createAddEvent(db)
  const addCounts = createAddCounts(db)
  const write = db.transaction((rows: readonly Row[]) => {
    const orphans: Row[] = []
    for (const row of rows) {
      if (row.kind === 'record') insert(row)
      else if (row.kind === 'counts') addCounts(row.counts)
      else if (!addEvent(row)) orphans.push(row)
    }
    return orphans
  })
  const prune = db.transaction((limits: Retention, limit: number) => pruneOldest(db, limits, limit))

  return {
    write: (rows) => write.immediate(rows),
    search(query, { limit, before = Number.MAX_SAFE_INTEGER }) {
      return select(db, query, [idAt(query.since), Math.min(idAfter(query.until), before - 1)], 'DESC', limit)
    },
    after(id, query, limit) {
      return select(db, query, [Math.max(id + 1, idAt(query.since)), idAfter(query.until)], 'ASC', limit)
    },
    *each(since, until) {
      const rows = db.prepare('SELECT json FROM records WHERE id BETWEEN ? AND ? ORDER BY id').pluck()
      for (const json of rows.iterate(idAt(since), idAfter(until))) {
        yield JSON.parse(json as string) as JournalRecord
      }
    },
    prune(limits, limit) {
      const deleted = prune.immediate(limits, limit)
      if (fileBytes(db) > limits.maxBytes) db.pragma('incremental_vacuum(1000)')
      return deleted
    },
    counts: (selection) => selectCounts(db, selection),
    count: () => db.prepare('SELECT count(*) FROM records').pluck().get() as number,
    close: () => db.close(),
  }
}

const idAt = (time: number): number => Math.min(time * IDS_PER_MS, Number.MAX_SAFE_INTEGER)
const idAfter = (time: number): number => Math.min(idAt(time) + IDS_PER_MS - 1, Number.MAX_SAFE_INTEGER)

function createInsert(db: Database): (row: RecordRow) => void {
  const insert = db.prepare('INSERT OR IGNORE INTO records (id, delivery, json) VALUES (?, ?, ?)')
  const index = db.prepare('INSERT INTO terms (rowid, tokens) VALUES (?, ?)')
  return ({ time, state = null, terms, json }) => {
    let id = Math.trunc(time) * IDS_PER_MS
    // Somebody else's record of the same millisecond has the id: take the next one.
    while (insert.run(id, state, json).changes === 0) id++
    index.run(id, terms)
  }
}

type RecordRow = Extract<Row, { kind: 'record' }>
type DeliveryRow = Extract<Row, { kind: 'delivery' }>

/** Joins what the outbound queue did to the record of the transaction. A bounce is not forgotten. */
function createAddEvent(db: Database): (row: DeliveryRow) => boolean {
  const find = db.prepare('SELECT rowid FROM terms WHERE terms MATCH ? LIMIT 1').pluck()
  const update = db.prepare(`
    WITH next (state) AS (SELECT CASE delivery WHEN 'bounced' THEN delivery ELSE $state END FROM records WHERE id = $id)
    UPDATE records SET
      delivery = (SELECT state FROM next),
      json = json_set(json_insert(json, '$.delivery.events[#]', json($event)), '$.delivery.state', (SELECT state FROM next))
    WHERE id = $id`)
  return ({ transaction, state, json: event }) => {
    const id = find.get(`"${term('id', transaction)}"`)
    return id !== undefined && update.run({ id, state, event }).changes > 0
  }
}

function createAddCounts(db: Database): (counts: readonly CountRow[]) => void {
  const add = db.prepare(`
    INSERT INTO counts (step, time, kind, key, count) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count`)
  return (counts) => {
    for (const { time, kind, key, count } of counts) {
      // Nobody looks at a list by the minute.
      if (kind !== 'list') add.run(MINUTE_MS, time, kind, key, count)
      add.run(HOUR_MS, Math.floor(time / HOUR_MS) * HOUR_MS, kind, key, count)
    }
  }
}

function selectCounts(
  db: Database,
  { step, kinds, since, until, isTotal = false }: CountSelection,
): readonly CountRow[] {
  const columns = isTotal ? 'min(time) AS time, kind, key, sum(count) AS count' : 'time, kind, key, count'
  return db
    .prepare(
      `SELECT ${columns} FROM counts WHERE step = ? AND time BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?))
       ${isTotal ? 'GROUP BY kind, key' : 'ORDER BY time'}`,
    )
    .all(step, since, until, JSON.stringify(kinds)) as CountRow[]
}

function select(
  db: Database,
  query: StoreQuery,
  [first, last]: readonly [number, number],
  order: 'ASC' | 'DESC',
  limit: number,
): readonly StoredRecord[] {
  const { match, network, delivery } = query
  const parameters = {
    ...{ first, last, limit },
    ...(match !== '' && { match }),
    ...(delivery !== undefined && { delivery }),
  }
  if (network) {
    db.function(IN_NETWORK, { directOnly: true }, (ip: unknown) => Number(isInNetwork(String(ip), network)))
  }
  return db
    .prepare(
      `SELECT id, json FROM records WHERE id IN (${selectIds(query)} ORDER BY 1 ${order} LIMIT $limit) ORDER BY id ${order}`,
    )
    .all(parameters)
    .map((row) => {
      const { id, json } = row as { id: number; json: string }
      return { id, record: JSON.parse(json) as JournalRecord }
    })
}

/** Function of SQL: whether an address lies in the network of the query. */
const IN_NETWORK = 'in_network'

/** Ids of all that fits, in the order of time; what the full-text index does not know is looked up in the records. */
function selectIds({ match, network, delivery }: StoreQuery): string {
  const inTime = 'BETWEEN $first AND $last'
  const undelivered = `SELECT id FROM records INDEXED BY records_undelivered WHERE ${UNDELIVERED} AND delivery = $delivery`
  if (match === '') {
    if (delivery === undefined) return `SELECT id FROM records WHERE id ${inTime}`
    if (delivery !== 'delivered') return `${undelivered} AND id ${inTime}`
    return `SELECT id FROM records NOT INDEXED WHERE id ${inTime} AND delivery = $delivery`
  }
  const columnOf = (column: string): string => `(SELECT ${column} FROM records WHERE id = terms.rowid)`
  const conditions = [
    'terms MATCH $match',
    `rowid ${inTime}`,
    ...(network ? [`${IN_NETWORK}(${columnOf("json ->> '$.client.ip'")})`] : []),
    ...(delivery === 'delivered' ? [`${columnOf('delivery')} = $delivery`] : []),
    ...(delivery !== undefined && delivery !== 'delivered' ? [`rowid IN (${undelivered})`] : []),
  ]
  return `SELECT rowid FROM terms WHERE ${conditions.join(' AND ')}`
}

function pruneOldest(db: Database, { cutoff, maxBytes }: Retention, limit: number): number {
  db.prepare('DELETE FROM counts WHERE step = ? AND time < ?').run(MINUTE_MS, Date.now() - KEPT_MINUTES_MS)
  db.prepare('DELETE FROM counts WHERE step = ? AND time < ?').run(HOUR_MS, cutoff)
  const isTooBig = usedBytes(db) > maxBytes
  const ids = db
    .prepare('SELECT id FROM records WHERE id < ? ORDER BY id LIMIT ?')
    .pluck()
    .all(isTooBig ? Number.MAX_SAFE_INTEGER : idAt(cutoff), limit) as number[]
  const last = ids.at(-1)
  if (last === undefined) return 0
  const unindex = db.prepare('DELETE FROM terms WHERE rowid = ?')
  for (const id of ids) unindex.run(id)
  db.prepare('DELETE FROM records WHERE id <= ?').run(last)
  return ids.length
}

const pragma = (db: Database, name: string): number => db.pragma(name, { simple: true }) as number

const fileBytes = (db: Database): number => pragma(db, 'page_count') * pragma(db, 'page_size')

/** Without the pages that deleted records left behind. */
const usedBytes = (db: Database): number =>
  (pragma(db, 'page_count') - pragma(db, 'freelist_count')) * pragma(db, 'page_size')
