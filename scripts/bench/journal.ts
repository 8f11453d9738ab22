/**
 * How long a search of the journal takes, and what a record costs to write:
 * npx ts-node scripts/bench/journal.ts [RECORDS]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseQuery, type JournalQuery } from '../../plugins/lib/journal/query'
import type { JournalRecord } from '../../plugins/lib/journal/record'
import { recordRow } from '../../plugins/lib/journal/row'
import { openStore } from '../../plugins/lib/journal/store'

const total = Number(process.argv[2] ?? 1_000_000)
const batchSize = 250
const dir = mkdtempSync(join(tmpdir(), 'journal-bench-'))
const path = join(dir, 'journal.sqlite')
const store = openStore({ path })
const firstTime = Date.UTC(2026, 0, 1)

let seed = 1
/** xorshift32: the same records on each run. */
function random(below: number): number {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return (seed >>> 0) % below
}

const words = Array.from({ length: 5000 }, (_, at) => `word${at}`)
const word = (): string => words[Math.min(random(5000), random(5000))] ?? ''

function createRecord(at: number): JournalRecord {
  const sender = `user${random(50)}@sender${Math.min(random(20_000), random(20_000))}.example`
  const outcome =
    (['accepted', 'accepted', 'accepted', 'refused', 'deferred'] as const)[random(5)] ?? 'accepted'
  const recipient = `person${random(500)}@here${random(20)}.test`
  const session = `9A3F21B0-7C11-4E52-9D7A-${at.toString(16).padStart(12, '0').toUpperCase()}`
  const ip = `${random(200) + 1}.${random(256)}.${random(256)}.${random(256)}`
  const isListed = outcome === 'refused'
  const clear = Array.from({ length: 6 }, (_, list) => ({
    id: `ip_blocklist/custom/list${list}.example`,
    list: `List ${list}`,
    items: [ip],
    ms: [random(40)],
  }))
  return {
    time: firstTime + at * 2000,
    durationMs: random(3000),
    session,
    transaction: `${session}.1`,
    refs: isListed ? [reference(at)] : [],
    client: {
      ip,
      name: `mail${random(9)}.${sender.split('@')[1] ?? ''}`,
      helo: `mx.${word()}.example`,
      port: 25,
    },
    sender,
    recipients: [{ address: recipient, outcome }],
    size: random(100_000),
    messageId: `${at}.${word()}@${sender.split('@')[1] ?? ''}`,
    fromDomain: sender.split('@')[1] ?? '',
    subject: Array.from({ length: 6 }, word).join(' '),
    findings: isListed
      ? [
          {
            kind: 'listed',
            id: `ip_blocklist/custom/bl${random(8)}.example`,
            list: `Blocklist ${random(8)}`,
            item: ip,
            codes: [{ code: '127.0.0.2', meaning: 'listed', action: 'reject' }],
            action: 'reject',
            score: 0,
            ms: random(40),
          },
        ]
      : [],
    clear,
    score: 0,
    skips: [],
    marks: [],
    outcome,
    reply: isListed
      ? `550 5.7.1 ${ip} is listed in Blocklist (ref ${reference(at)})`
      : `250 2.0.0 Ok: queued as ${random(1e9)} (${session}.1)`,
    wouldRefuse: [],
    ...(outcome === 'accepted' && {
      delivery: { state: at % 997 === 0 ? 'bounced' : 'delivered', nextHop: 'here.test', events: [] },
    }),
  }
}

const reference = (at: number): string => at.toString(32).toUpperCase().padStart(6, '0').slice(-6)

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

let preparing = 0
let writing = 0
let slowest = 0
for (let at = 0; at < total; at += batchSize) {
  const records = Array.from({ length: Math.min(batchSize, total - at) }, (_, offset) =>
    createRecord(at + offset),
  )
  const before = cpuMicroseconds()
  const rows = records.map(recordRow)
  const between = cpuMicroseconds()
  const began = performance.now()
  store.write(rows)
  slowest = Math.max(slowest, performance.now() - began)
  preparing += between - before
  writing += cpuMicroseconds() - between
}
const bytes = statSync(path).size
console.log(`${total} records, ${Math.round(bytes / total)} bytes each, ${Math.round(bytes / 1e6)} MB`)
console.log(
  `CPU a record: ${(preparing / total).toFixed(1)} µs to prepare, ${(writing / total).toFixed(1)} µs to write; slowest batch of ${batchSize} ${slowest.toFixed(0)} ms`,
)

const searches: Readonly<Record<string, JournalQuery>> = {
  newest: {},
  'time range': { since: firstTime + total * 1000, until: firstTime + total * 1001 },
  IP: { ip: '17.4.9.20' },
  'CIDR /24': { ip: '17.4.9.0/24' },
  'CIDR /8': { ip: '17.0.0.0/8' },
  'CIDR /1': { ip: '0.0.0.0/1' },
  sender: { from: 'user7@sender77.example' },
  'sender domain': { from: 'sender77.example' },
  recipient: { to: 'person7@here7.test' },
  'recipient domain': { to: 'here7.test' },
  'message-id': { messageId: `${total - 7}.none@sender.example` },
  ref: { ref: reference(total >> 1) },
  id: { id: `9A3F21B0-7C11-4E52-9D7A-${(total >> 1).toString(16).padStart(12, '0')}.1` },
  list: { list: 'Blocklist 3' },
  outcome: { outcome: 'refused' },
  'outcome bounced': { outcome: 'bounced' },
  'free text, rare': { text: 'word4990' },
  'free text, frequent': { text: 'word3' },
  'free text, two words': { text: 'word3 word5' },
  'outcome + list + domain': { outcome: 'refused', list: 'Blocklist 3', to: 'here7.test' },
  'CIDR /8 + outcome': { ip: '17.0.0.0/8', outcome: 'refused' },
  'CIDR /16 + outcome': { ip: '17.4.0.0/16', outcome: 'refused' },
  'CIDR /8 + bounced': { ip: '17.0.0.0/8', outcome: 'bounced' },
  'oldest page of outcome': { outcome: 'accepted', until: firstTime + 100_000_000 },
}
const reader = openStore({ path, readonly: true })
for (const [name, query] of Object.entries(searches)) {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now()
    reader.search(parseQuery(query), { limit: 50 })
    return performance.now() - began
  })
  const found = reader.search(parseQuery(query), { limit: 50 }).length
  const sorted = times.toSorted((a, b) => a - b)
  console.log(
    `${name.padEnd(26)} first ${(times[0] ?? 0).toFixed(1).padStart(7)} ms, median ${(sorted[2] ?? 0).toFixed(1).padStart(7)} ms, ${found} found`,
  )
}
reader.close()
store.close()
rmSync(dir, { recursive: true })
