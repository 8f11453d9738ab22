import { join } from 'node:path'
import { systemClock } from '../clock'
import type { Fleet } from '../fleet/fleet'
import { isLeader } from '../haraka/process-role'
import type { Counts } from '../quota/day-counts'
import type { KeyCounts } from '../quota/key-counts'
import { createQuotaMeter } from '../quota/meter'
import { providerKeys } from '../quota/provider-keys'
import type { KeyUsage } from '../quota/usage'
import type { Gateway } from './index'

/** How much of the quota of each provider's key is used, for every process. */
export interface ProviderQuota {
  /** Asks the leader of the host, which asks the fleet when what it knows is old. */
  gather(): Promise<readonly KeyUsage[]>
  /** What the leader knows without asking the fleet; in other processes, nothing. */
  known(): readonly KeyUsage[]
}

const COUNTS = 'provider-queries'
const USAGE = 'provider-quota'

/** Workers tell the leader. */
const TELL_MS = 5000
/** The leader tells the fleet, of which each node writes so often. */
const REFRESH_MS = 60_000
/** Who looks at a page sees nothing older, as far as this node is concerned. */
const FRESH_MS = 5000

interface Desk extends ProviderQuota {
  /** For the leader. */
  serve(service: QuotaService): void
}

interface QuotaService {
  known(): readonly KeyUsage[]
  fresh(): Promise<readonly KeyUsage[]>
}

export function createProviderQuota({ bus }: Pick<Gateway, 'bus'>): Desk {
  let served: QuotaService | undefined
  bus.answer(USAGE, () => served?.fresh())
  return {
    serve: (service) => void (served = service),
    known: () => served?.known() ?? [],
    async gather() {
      if (served) return served.fresh()
      const answers = await bus.ask(USAGE)
      return answers.flatMap(({ answer }) => (answer as readonly KeyUsage[] | undefined) ?? [])
    },
  }
}

/** Has this process count what it asks; the leader adds up, for the host and its fleet. */
export function countProviderQueries(
  gateway: Gateway,
  desk: Desk,
  counts: KeyCounts,
  fleet: () => Fleet | undefined,
): void {
  const { bus, role } = gateway
  gateway.onSettings((settings, secrets) => {
    counts.configure(providerKeys(settings, secrets))
  })
  if (isLeader(role)) {
    desk.serve(meterQueries(gateway, counts, fleet))
    return
  }
  const tell = (): void => {
    const taken = counts.take()
    if (taken) bus.publish(COUNTS, taken)
  }
  setInterval(tell, TELL_MS).unref()
  process.on('exit', tell)
}

function meterQueries(gateway: Gateway, counts: KeyCounts, fleet: () => Fleet | undefined): QuotaService {
  const { bus, log, instanceDir } = gateway
  const file = join(instanceDir, 'state', 'provider-queries.json')
  const meter = createQuotaMeter({ file, clock: systemClock, log, fleet })
  const countOwn = (): void => {
    meter.count(counts.take() ?? {})
  }
  let refreshedAt = -Infinity
  const refresh = async (): Promise<void> => {
    refreshedAt = systemClock.monotonic()
    countOwn()
    await meter.refresh()
  }
  gateway.onSettings((settings, secrets) => {
    meter.configure(providerKeys(settings, secrets))
  })
  bus.subscribe(COUNTS, (taken) => {
    meter.count(taken as Counts)
  })
  setInterval(() => void refresh(), REFRESH_MS * (0.9 + Math.random() * 0.2)).unref()
  process.on('exit', () => {
    countOwn()
    meter.save()
  })
  const known = (): readonly KeyUsage[] => {
    countOwn()
    return meter.report()
  }
  return {
    known,
    async fresh() {
      if (systemClock.monotonic() - refreshedAt > FRESH_MS) await refresh()
      return known()
    },
  }
}
