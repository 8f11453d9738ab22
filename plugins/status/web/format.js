// @ts-check
/** Numbers, times and sizes as the reader's language writes them. */
import { language, t } from './texts.js'

/** British English writes days before months, as the rest of the world does. */
const locale = () => (language() === 'de' ? 'de-DE' : 'en-GB')

/** @param {number} value */
export const formatNumber = (value) => new Intl.NumberFormat(locale()).format(value)

/** `1.2k`: for places that are narrow. @param {number} value */
export const formatCompact = (value) =>
  new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value)

/** @param {number} share 0 to 1 */
export const formatShare = (share) =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(share)

/** @param {number} time Milliseconds since the epoch. */
export const formatTime = (time) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(time)

/** The hour if it was today, the day as well if not. @param {number} time @param {number} [now] */
export function formatShortTime(time, now = Date.now()) {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(locale(), {
    ...(isToday ? {} : { day: '2-digit', month: '2-digit' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(time)
}

/** @param {number} time */
export const formatDay = (time) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(time)

const UNITS = /** @type {const} */ ([
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
])

/** `3 days ago`, `in 2 minutes`. @param {number} time @param {number} [now] */
export function formatAgo(time, now = Date.now()) {
  const seconds = Math.round((time - now) / 1000)
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size)
  if (!unit) return Math.abs(seconds) < 10 ? t('common.now') : format.format(seconds, 'second')
  return format.format(Math.round(seconds / unit[1]), unit[0])
}

/** `850 ms`, `4.2 s`, `3 min`. @param {number} ms */
export function formatDuration(ms) {
  const as = (/** @type {number} */ value, digits = 0) =>
    new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)
  if (ms < 0.1) return '< 1 ms'
  if (ms < 1000) return `${as(ms, ms < 10 ? 1 : 0)} ms`
  if (ms < 60_000) return `${as(ms / 1000, 1)} s`
  if (ms < 3_600_000) return `${as(ms / 60_000)} min`
  if (ms < 2 * 86_400_000) return `${as(ms / 3_600_000)} h`
  return t('common.days', { count: Math.round(ms / 86_400_000) })
}

/** `1.4 MB`. @param {number} bytes */
export function formatBytes(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / 1000 ** step)
}

/** As fine as the steps of a chart are apart. @param {number} time @param {number} stepMs */
export function formatChartTime(time, stepMs) {
  const hours = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit' })
  const days = /** @type {const} */ ({ day: '2-digit', month: '2-digit' })
  const parts = stepMs >= 86_400_000 ? days : stepMs >= 3_600_000 ? { ...days, ...hours } : hours
  return new Intl.DateTimeFormat(locale(), parts).format(time)
}
