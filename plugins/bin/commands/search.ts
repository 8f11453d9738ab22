import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { databasePath } from '../../lib/journal/paths'
import { deliveryStates, outcomes, parseQuery, type JournalQuery } from '../../lib/journal/query'
import { openStoreOnceMade, type JournalStore, type StoredRecord } from '../../lib/journal/store'
import type { Command } from '../commands'
import { openInstance, type Instance } from '../instance'
import { recordLine, recordText } from '../record-text'
import { parseTime } from '../time'
import { UsageError } from '../usage-error'

const FOLLOW_MS = 500
/** Processes write in batches, so a record may come after others that are younger. */
const LATE_MS = 30_000

type Options = Readonly<Record<string, string | undefined>>

/** Finds messages in the journal, newest last; the one that --ref or --id names is shown in full. */
export const search: Command = {
  name: 'search',
  usage: 'search DIR [WORD...] [--OPTION ...]',
  summary:
    'what happened to messages: --ref --from --to --ip --list --outcome --id --message-id --user --since --until --limit --full --json --follow',
  options: [
    'ref',
    'from',
    'to',
    'ip',
    'list',
    'outcome',
    'id',
    'message-id',
    'user',
    'since',
    'until',
    'limit',
  ],
  flags: ['full', 'json', 'follow'],
  async run([dir, ...texts], options, flags) {
    if (!dir) throw new UsageError('search takes a folder')
    const query = parseQuery(readQuery(texts, options))
    const limit = parseLimit(options.limit)
    const print = printer(options, flags)
    const store = openJournal(openInstance(dir))
    try {
      const records = store.search(query, { limit }).toReversed()
      for (const stored of records) print(stored)
      if (flags.has('follow')) await follow(store, query, records, print)
      else if (records.length === 0) process.stderr.write('nothing found\n')
      return 0
    } finally {
      store.close()
    }
  },
}

/** The instance's journal for reading, beside the gateway that writes it. */
export function openJournal(instance: Instance): JournalStore {
  const path = databasePath(instance.dir)
  const store = existsSync(path) ? openStoreOnceMade(path) : undefined
  if (!store) {
    throw new Error(
      `${instance.name} has no journal yet: it begins with the first message, if journal.enabled is true`,
    )
  }
  return store
}

function readQuery(texts: readonly string[], options: Options): JournalQuery {
  const { ref, from, to, ip, list, id, user, since, until } = options
  const wanted = options.outcome
  const outcome = [...outcomes, ...deliveryStates].find((known) => known === wanted)
  if (wanted !== undefined && outcome === undefined) {
    throw new UsageError(`--outcome must be one of ${[...outcomes, ...deliveryStates].join(', ')}`)
  }
  const now = Date.now()
  return Object.fromEntries(
    Object.entries({
      text: texts.length > 0 ? texts.join(' ') : undefined,
      ...{ ref, from, to, ip, list, id, user, outcome },
      messageId: options['message-id'],
      since: since === undefined ? undefined : parseTime('--since', since, now),
      until: until === undefined ? undefined : parseTime('--until', until, now),
    }).filter(([, value]) => value !== undefined),
  )
}

function parseLimit(text = '50'): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a number from 1')
  return limit
}

function printer(options: Options, flags: ReadonlySet<string>): (stored: StoredRecord) => void {
  const isOne = options.ref !== undefined || options.id !== undefined
  const format = flags.has('json')
    ? ({ record }: StoredRecord) => `${JSON.stringify(record)}\n`
    : flags.has('full') || isOne
      ? ({ record }: StoredRecord) => `${recordText(record)}\n`
      : ({ record }: StoredRecord) => `${recordLine(record)}\n`
  return (stored) => process.stdout.write(format(stored))
}

/** Goes on until the process is ended. */
async function follow(
  store: JournalStore,
  query: ReturnType<typeof parseQuery>,
  shown: readonly StoredRecord[],
  print: (stored: StoredRecord) => void,
): Promise<never> {
  const began = Date.now()
  let seen = new Set(shown.map(({ id }) => id))
  for (;;) {
    const since = Math.max(query.since, Math.max(began, Date.now()) - LATE_MS)
    const recent = store.after(0, { ...query, since }, 10_000)
    for (const stored of recent)
      if (!seen.has(stored.id) && stored.record.time >= began - LATE_MS) print(stored)
    seen = new Set([...seen, ...recent.map(({ id }) => id)].slice(-20_000))
    await sleep(FOLLOW_MS)
  }
}
