import type { Clock } from '../clock'
import { reasonOf } from '../error-text'
import type { Fleet } from '../fleet/fleet'
import type { Log } from '../log'
import { createDayCounts, type Counts } from './day-counts'
import { shareCounts, type FleetCounts } from './fleet-counts'
import { HOURS } from './forecast'
import type { KeyId, ProviderKey } from './provider-keys'
import { keyUsages, type KeyUsage } from './usage'

/** Counts what is asked with the keys of providers, over a host and its fleet. It warns, and holds nothing back. */
export interface QuotaMeter {
  configure(keys: readonly ProviderKey[]): void
  /** What a process of this host has asked. */
  count(counts: Counts): void
  /** Tells the fleet, hears what it has, warns and saves; never rejects. */
  refresh(): Promise<void>
  /** As it was at the last refresh, and what was counted here since. */
  report(): readonly KeyUsage[]
  save(): void
}

export interface QuotaMeterOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  readonly fleet: () => Fleet | undefined
}

export function createQuotaMeter({ file, clock, log, fleet }: QuotaMeterOptions): QuotaMeter {
  const counts = createDayCounts(file, clock)
  let keys: readonly ProviderKey[] = []
  let shared: FleetCounts | undefined

  const usages = (): ReadonlyMap<KeyId, KeyUsage> => keyUsages(keys, counts, shared, clock.now())
  const save = (): void => {
    try {
      counts.save()
    } catch (error) {
      log.debug(`quota: ${file} cannot be written: ${reasonOf(error)}`)
    }
  }
  const share = async (): Promise<void> => {
    const member = fleet()
    if (!member) {
      shared = undefined
      return
    }
    try {
      shared = await shareCounts(member, counts, clock.now())
    } catch (error) {
      log.debug(`quota: the fleet cannot be told now: ${reasonOf(error)}`)
    }
  }
  const warn = async (): Promise<void> => {
    for (const [id, usage] of usages()) {
      if (!usage.warning || !counts.say(id)) continue
      if (await isOurs(fleet(), counts.day(), id)) log.warn(warningOf(usage))
    }
  }
  return {
    configure: (next) => void (keys = next),
    count: (asked) => {
      counts.add(asked)
    },
    async refresh() {
      await share()
      await warn()
      save()
    },
    report: () => [...usages().values()],
    save,
  }
}

const DAY_MS = HOURS * 3_600_000

/** One node of a fleet says it for all; each for itself without Redis. */
async function isOurs(fleet: Fleet | undefined, day: string, id: KeyId): Promise<boolean> {
  return fleet ? fleet.lease(`quota-warning ${day} ${id}`, DAY_MS).catch(() => true) : true
}

const number = new Intl.NumberFormat('en')

function warningOf({ name, queriesToday, perDay, forecast }: KeyUsage): string {
  const used = `${number.format(queriesToday)} of ${number.format(perDay ?? 0)} queries a day`
  return (
    `${name}: ${used} are used, and at the rate of the last hours it will be ${number.format(forecast)} ` +
    '(providers.*.per_day); nothing is held back'
  )
}
