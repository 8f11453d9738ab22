/** Queries in each hour of a day, UTC: 24 numbers. */
export type Hours = readonly number[]

export const HOURS = 24
const HOUR_MS = 3_600_000
/** The rate is that of so many whole hours, and of the one that has begun. */
const RATE_HOURS = 3

/** `2026-11-24`, by UTC. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

/** From 0 to 23, by UTC. */
export const hourOf = (now: number): number => new Date(now).getUTCHours()

export const total = (hours: Hours): number => hours.reduce((sum, count) => sum + count, 0)

/**
 * Queries of the whole day, if the rest of it goes on like the last hours. A rate is never taken from less than an
 * hour, so that a burst after midnight is no alarm.
 */
export function forecastDay(hours: Hours, now: number): number {
  const gone = (((now % (HOURS * HOUR_MS)) + HOURS * HOUR_MS) % (HOURS * HOUR_MS)) / HOUR_MS
  const begun = hours.findIndex((count) => count > 0)
  if (begun < 0) return 0
  const from = Math.max(begun, Math.floor(gone) - RATE_HOURS)
  const rate = total(hours.slice(from)) / Math.max(gone - from, 1)
  return Math.round(total(hours) + rate * (HOURS - gone))
}

const WARN_AT = 0.8

export interface Usage {
  readonly queriesToday: number
  readonly perDay: number | null
  /** Of the whole day. */
  readonly forecast: number
  /** Close to the limit, or likely to get above it. */
  readonly warning: boolean
}

export function usageOf(hours: Hours, perDay: number | undefined, now: number): Usage {
  const queriesToday = total(hours)
  const forecast = forecastDay(hours, now)
  const warning = perDay !== undefined && (queriesToday >= WARN_AT * perDay || forecast > perDay)
  return { queriesToday, perDay: perDay ?? null, forecast, warning }
}
