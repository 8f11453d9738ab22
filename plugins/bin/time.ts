import { UsageError } from './usage-error'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `2h` ago, or a date such as 2026-11-24 or 2026-11-24T08:30, in the local time; milliseconds since the epoch. */
export function parseTime(option: string, text: string, now: number): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (amount !== undefined) return now - Number(amount) * (UNIT_MS[unit] ?? 0)
  // A date alone would be taken for UTC.
  const date = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'))
    : NaN
  if (Number.isNaN(date)) {
    throw new UsageError(
      `${option}: ${JSON.stringify(text)} must be a time ago such as 30m, 2h or 7d, or a date such as 2026-11-24T08:30`,
    )
  }
  return date
}

/** `2026-11-24 08:30:00` in the local time. */
export function formatTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}
