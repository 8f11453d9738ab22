import type { Provider } from '../lists'
import type { DayCounts } from './day-counts'
import type { FleetCounts } from './fleet-counts'
import { total, usageOf, type Hours, type Usage } from './forecast'
import { describeKey, type KeyId, type ProviderKey } from './provider-keys'

/** How much of what a provider allows has been used, over the fleet as far as it has told. */
export interface KeyUsage extends Usage {
  readonly provider: Provider
  /** For people; tells keys apart, and none of them. */
  readonly name: string
  /** How many gateways have asked with it today. */
  readonly nodes: number
}

/** Of the keys that this gateway has, and of those that it or another one has asked with today. */
export function keyUsages(
  keys: readonly ProviderKey[],
  counts: DayCounts,
  shared: FleetCounts | undefined,
  now: number,
): ReadonlyMap<KeyId, KeyUsage> {
  const fleet = shared?.day === counts.day() ? shared : undefined
  const ids = new Set([...keys.map(({ id }) => id), ...counts.keys(), ...(fleet ? fleet.usages.keys() : [])])
  const usages = new Map<KeyId, KeyUsage>()
  for (const id of [...ids].toSorted()) {
    const described = describeKey(id)
    if (!described) continue
    const perDay = keys.find((key) => key.id === id)?.perDay
    const nodes = Math.max(fleet?.usages.get(id)?.nodes ?? 0, Number(total(counts.hours(id)) > 0))
    usages.set(id, { ...described, ...usageOf(hoursOf(id, counts, fleet), perDay, now), nodes })
  }
  return usages
}

/** What the fleet had a while ago, and what was counted here since. */
function hoursOf(id: KeyId, counts: DayCounts, fleet: FleetCounts | undefined): Hours {
  const own = counts.hours(id)
  const told = fleet?.told.get(id)
  const all = fleet?.usages.get(id)?.hours
  return all ? all.map((count, at) => count + (own[at] ?? 0) - (told?.[at] ?? 0)) : own
}
