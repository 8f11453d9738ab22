/**
 * The last day of an entry in a list file, as its comment says it: `192.0.2.1  # until 2026-12-24 by anna: note`. The
 * entry holds to the end of that day, UTC.
 */
export type Expiry =
  | { readonly kind: 'none' }
  /** Milliseconds since the epoch: from then on the entry does not hold. */
  | { readonly kind: 'until'; readonly at: number; readonly rest: string }
  | { readonly kind: 'no date' }

const DAY_MS = 86_400_000

/** `comment`: what follows the `#`. Other comments mean nothing. */
export function parseExpiry(comment: string): Expiry {
  const [whole, day] = /^\s*until (\d{4}-\d{2}-\d{2})(?![\d-])/.exec(comment) ?? []
  if (whole === undefined || day === undefined) return { kind: 'none' }
  const at = Date.parse(`${day}T00:00:00Z`)
  // Some days that are none are taken for one of the next month.
  if (Number.isNaN(at) || dayOf(at) !== day) return { kind: 'no date' }
  return { kind: 'until', at: at + DAY_MS, rest: comment.slice(whole.length) }
}

/** `until 2026-12-24`, for an entry that holds to the end of the day that is so many days from now. */
export function expiryAfter(now: number, days: number): { readonly text: string; readonly at: number } {
  const day = dayOf(now + days * DAY_MS)
  return { text: `until ${day}`, at: Date.parse(`${day}T00:00:00Z`) + DAY_MS }
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
