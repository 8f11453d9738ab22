import type { JournalRecord } from './record'

/** What an operator needs to know of a list before paying for it, or before letting it refuse mail. */
export interface ListReport {
  readonly id: string
  readonly list: string
  /** Messages it was asked about and answered. */
  readonly asked: number
  /** Messages with anything that it lists. */
  readonly listed: number
  /** Of these, messages with nothing that any other blocklist, or other allowlist, lists. */
  readonly unique: number
  /** Messages refused with its name in the reply. */
  readonly refused: number
  /** Messages that it would have refused, but for `action: note` or `shadow: true`. */
  readonly wouldRefuse: number
  /** The other list that lists most of the same messages, and how many. */
  readonly overlap?: { readonly list: string; readonly messages: number }
  readonly errors: number
  readonly timeouts: number
  /** Messages it was not asked about: suspended, misconfigured. */
  readonly skipped: number
  /** Of all its answers, those from the cache included. */
  readonly medianMs: number
  readonly p99Ms: number
}

interface Tally {
  readonly id: string
  readonly list: string
  asked: number
  listed: number
  unique: number
  refused: number
  wouldRefuse: number
  errors: number
  timeouts: number
  skipped: number
  /** Other lists by how many of the same messages they list. */
  readonly shared: Map<string, number>
  /** Answers by their milliseconds. */
  readonly ms: Map<number, number>
}

export function createReport(records: Iterable<JournalRecord>): readonly ListReport[] {
  const tallies = new Map<string, Tally>()
  const tallyOf = ({ id, list }: { readonly id: string; readonly list: string }): Tally => {
    const tally = tallies.get(id) ?? emptyTally(id, list)
    tallies.set(id, tally)
    return tally
  }
  for (const record of records) {
    const answered = new Set<Tally>()
    const skipped = new Set<Tally>()
    const listing = new Set<Tally>()
    for (const clear of record.clear) {
      const tally = tallyOf(clear)
      answered.add(tally)
      for (const ms of clear.ms) addTime(tally, ms)
    }
    for (const finding of record.findings) {
      const tally = tallyOf(finding)
      if (finding.kind === 'skipped') skipped.add(tally)
      else addTime(tally, finding.ms)
      if (finding.kind === 'listed') {
        answered.add(tally)
        listing.add(tally)
      }
      if (finding.kind === 'error') tally[isTimeout(finding.reason) ? 'timeouts' : 'errors']++
    }
    for (const tally of answered) tally.asked++
    for (const tally of skipped) tally.skipped++
    addListings(record, listing)
  }
  return [...tallies.values()].map((tally) => finish(tally, tallies)).toSorted((a, b) => b.listed - a.listed)
}

function emptyTally(id: string, list: string): Tally {
  const counts = {
    asked: 0,
    listed: 0,
    unique: 0,
    refused: 0,
    wouldRefuse: 0,
    errors: 0,
    timeouts: 0,
    skipped: 0,
  }
  return { id, list, ...counts, shared: new Map(), ms: new Map() }
}

function addListings(record: JournalRecord, listing: ReadonlySet<Tally>): void {
  if (listing.size === 0) return
  const replies = [record.reply, ...record.recipients.map(({ reply }) => reply)].join('\n')
  const would = record.wouldRefuse.join('\n')
  for (const tally of listing) {
    const names = `listed in ${tally.list}`
    tally.listed++
    const others = [...listing].filter(
      (other) => other !== tally && isAllowlist(other) === isAllowlist(tally),
    )
    if (others.length === 0) tally.unique++
    if (replies.includes(names)) tally.refused++
    else if (would.includes(names) || isNoted(record, tally.id)) tally.wouldRefuse++
    for (const other of others) tally.shared.set(other.id, (tally.shared.get(other.id) ?? 0) + 1)
  }
}

const isAllowlist = ({ id }: Tally): boolean => id.startsWith('ip_allowlist/')

/** Whether the list would have refused it with `action: reject`: nobody whom lists don't judge. */
function isNoted({ client, findings }: JournalRecord, id: string): boolean {
  if (client.trusted !== undefined || client.allowlist !== undefined) return false
  return findings.some(
    (finding) => finding.kind === 'listed' && finding.id === id && finding.action === 'note',
  )
}

export const isTimeout = (reason: string): boolean => /no answer within|no DNS server answers/.test(reason)

function addTime({ ms: times }: Tally, ms: number): void {
  times.set(ms, (times.get(ms) ?? 0) + 1)
}

function finish(tally: Tally, tallies: ReadonlyMap<string, Tally>): ListReport {
  const { shared, ms, ...counts } = tally
  const [most] = [...shared].toSorted(([, a], [, b]) => b - a)
  return {
    ...counts,
    ...(most && { overlap: { list: tallies.get(most[0])?.list ?? most[0], messages: most[1] } }),
    medianMs: percentile(ms, 0.5),
    p99Ms: percentile(ms, 0.99),
  }
}

/** The smallest time that at least the share of all answers stays within. */
function percentile(times: ReadonlyMap<number, number>, share: number): number {
  const total = [...times.values()].reduce((sum, count) => sum + count, 0)
  let counted = 0
  for (const [ms, count] of [...times].toSorted(([a], [b]) => a - b)) {
    counted += count
    if (counted >= total * share) return ms
  }
  return 0
}
