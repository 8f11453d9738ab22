import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Clock } from '../clock'
import { replaceFile, publicFile } from '../settings/replace-file'
import { dayOf, hourOf, HOURS, total, type Hours } from './forecast'
import type { KeyId } from './provider-keys'

/** Queries by key. */
export type Counts = Readonly<Record<KeyId, number>>

/** What this gateway has asked today; kept over restarts. A new day begins with nothing. */
export interface DayCounts {
  day(): string
  add(counts: Counts): void
  keys(): readonly KeyId[]
  hours(key: KeyId): Hours
  /**
   * The fleet has so many from this node. Where it is asked about for the first time today, and there are any, they
   * were counted before the file was lost.
   */
  known(key: KeyId, queries: number): void
  /** False when it was said today already. */
  say(key: KeyId): boolean
  /** Writes what has changed; throws when the disk is full. */
  save(): void
}

const stored = z.strictObject({
  day: z.string(),
  hours: z.record(z.string(), z.array(z.number().min(0)).length(HOURS)),
  /** Keys that the fleet was asked about. */
  told: z.array(z.string()),
  said: z.array(z.string()),
})
type Stored = z.output<typeof stored>

export function createDayCounts(file: string, clock: Clock): DayCounts {
  let known = read(file)
  let isSaved = true
  const today = (): Stored => {
    const day = dayOf(clock.now())
    if (known?.day !== day) known = { day, hours: {}, told: [], said: [] }
    return known
  }
  const add = (key: KeyId, queries: number): void => {
    if (queries <= 0) return
    const { hours } = today()
    const counts = (hours[key] ??= new Array<number>(HOURS).fill(0))
    const hour = hourOf(clock.now())
    counts[hour] = (counts[hour] ?? 0) + queries
    isSaved = false
  }
  const hoursOf = (key: KeyId): Hours => today().hours[key] ?? []
  return {
    day: () => today().day,
    add(counts) {
      for (const [key, queries] of Object.entries(counts)) add(key, queries)
    },
    keys: () => Object.keys(today().hours),
    hours: hoursOf,
    known(key, queries) {
      const { told } = today()
      add(key, told.includes(key) ? queries - total(hoursOf(key)) : queries)
      if (told.includes(key)) return
      told.push(key)
      isSaved = false
    },
    say(key) {
      const { said } = today()
      if (said.includes(key)) return false
      said.push(key)
      isSaved = false
      return true
    },
    save() {
      if (isSaved) return
      replaceFile(file, JSON.stringify(today()), publicFile)
      isSaved = true
    },
  }
}

function read(file: string): Stored | undefined {
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}
