import type { JournalEntry } from './journal'
import type { FindingRecord, JournalRecord } from './record'
import type { Row } from './row'

/**
 * What happened, in numbers, so that a page that shows a month need not read a month of records. Kept by the minute for
 * two days and by the hour for as long as records are.
 */
export type CountKind =
  /** Key: an outcome or what became of the delivery. */
  | 'outcome'
  /** Key: who refused and why, with a tab between. */
  | 'reason'
  /** Key: id of the list and `asked`, `listed`, `errors` or a class of milliseconds such as `ms 20`, with a tab between. */
  | 'list'

export type OutcomeKey = 'accepted' | 'refused' | 'deferred' | 'abandoned' | 'delivered' | 'bounced'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const KEPT_MINUTES_MS = 48 * HOUR_MS

export interface CountRow {
  /** Begin of its time, in milliseconds since the epoch. */
  readonly time: number
  readonly kind: CountKind
  readonly key: string
  readonly count: number
}

export interface CountSelection {
  readonly step: typeof MINUTE_MS | typeof HOUR_MS
  readonly kinds: readonly CountKind[]
  /** Milliseconds since the epoch, both inclusive. */
  readonly since: number
  readonly until: number
  /** One row for the whole time. */
  readonly isTotal?: boolean
}

/** Collects counts until somebody takes them to the disk. */
export interface Counter {
  add(entry: JournalEntry): void
  take(): readonly Row[]
}

/** Rows by their keys. They are counted in place, for each message adds to a dozen. */
type MinuteCounts = Readonly<Record<CountKind, Map<string, CountRow & { count: number }>>>

/** A next hop may put a number into each of its refusals. */
const MAX_REASONS = 200
/** Upper ends of classes of milliseconds, each some 1.5 times the one before. */
const TIMES = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 3000, 5000, 20_000]

export function createCounter(): Counter {
  let minutes = new Map<number, MinuteCounts>()
  const reasons = createKnownReasons()
  const add = (time: number, kind: CountKind, key: string): void => {
    const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS
    let counts = minutes.get(minute)
    if (!counts) minutes.set(minute, (counts = { outcome: new Map(), reason: new Map(), list: new Map() }))
    const row = counts[kind].get(key)
    if (row) row.count++
    else counts[kind].set(key, { time: minute, kind, key, count: 1 })
  }
  const addRecord = (record: JournalRecord): void => {
    const { time, outcome, delivery } = record
    add(time, 'outcome', outcome === 'partly' ? 'accepted' : outcome)
    if (delivery?.state === 'delivered') add(time, 'outcome', 'delivered')
    if (outcome === 'refused') for (const reason of reasons.of(record)) add(time, 'reason', reason)
    for (const key of listKeys(record)) add(time, 'list', key)
  }
  return {
    add(entry) {
      if (entry.kind === 'record') addRecord(entry.record)
      else if (entry.event.kind !== 'delayed') add(entry.event.time, 'outcome', entry.event.kind)
    },
    take() {
      if (minutes.size === 0) return []
      const taken = [...minutes.values()].flatMap((counts) =>
        [counts.outcome, counts.reason, counts.list].flatMap((rows) => [...rows.values()]),
      )
      minutes = new Map()
      return [{ kind: 'counts', time: taken[0]?.time ?? 0, counts: taken }]
    },
  }
}

function createKnownReasons() {
  let hour = 0
  let known = new Set<string>()
  return {
    of(record: JournalRecord): readonly string[] {
      const now = Math.floor(record.time / HOUR_MS)
      if (now !== hour) known = new Set()
      hour = now
      return reasonsOf(record).map((reason) => {
        if (known.has(reason) || known.size < MAX_REASONS) {
          known.add(reason)
          return reason
        }
        return `${reason.slice(0, reason.indexOf('\t'))}\tother`
      })
    },
  }
}

/** The lists whose names the refusal says, or the plugin with its words. */
function reasonsOf({ findings, reply = '', by = 'haraka', recipients }: JournalRecord): readonly string[] {
  const said = [reply, ...recipients.map((recipient) => recipient.reply ?? '')].join('\n')
  const lists = findings.flatMap((finding) =>
    finding.kind === 'listed' && said.includes(`listed in ${finding.list}`)
      ? [`${finding.list}\tlisted`]
      : [],
  )
  return lists.length > 0 ? [...new Set(lists)] : [`${by}\t${withoutParticulars(reply)}`]
}

/** The reply without code, and without what differs from message to message: addresses, names, numbers. */
function withoutParticulars(reply: string): string {
  return (
    reply
      .replace(/^\d{3}[ -]?(?:\d\.\d{1,3}\.\d{1,3} )?/, '')
      .replace(/\(ref \w+\)|\([0-9A-F-]{36}[.\d]*\)/g, '')
      .split(/\s+/)
      .map((word) => (isParticular(word) ? '…' : word))
      .join(' ')
      .trim()
      .slice(0, 80) || 'refused'
  )
}

/** An address, a name of a host, or anything with a number in it. */
const isParticular = (word: string): boolean => /[@<>\d]|[^.]\.[a-z]{2}/i.test(word)

function listKeys({ findings, clear }: JournalRecord): readonly string[] {
  const asked = new Set<string>()
  const keys: string[] = []
  for (const { id, ms } of clear) {
    asked.add(id)
    for (const time of ms) keys.push(timeKey(id, time))
  }
  const listed = new Set<string>()
  for (const finding of findings) {
    if (finding.kind === 'skipped') continue
    asked.add(finding.id)
    keys.push(timeKey(finding.id, finding.ms))
    if (finding.kind === 'error') keys.push(`${finding.id}\terrors`)
    else listed.add(finding.id)
  }
  for (const id of asked) keys.push(`${id}\tasked`)
  for (const id of listed) keys.push(`${id}\tlisted`)
  return keys
}

const timeKey = (id: FindingRecord['id'], ms: number): string =>
  `${id}\tms ${TIMES.find((end) => ms <= end) ?? 20_000}`
