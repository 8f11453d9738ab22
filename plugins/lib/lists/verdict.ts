import { itemText } from './item-text'
import type { Finding, Listing } from './types'

interface Reasons {
  /** Sum over the lists that score. */
  readonly score: number
  /** One listing for each list that scored. */
  readonly scored: readonly Listing[]
  /** Listings that are only noted. */
  readonly notes: readonly Listing[]
}

export type Verdict =
  | ({ readonly kind: 'pass' } & Reasons)
  /** Why: the listings that reject, or those whose scores add up to the limit; `finding` is the first. */
  | ({
      readonly kind: 'reject'
      readonly because: 'listing' | 'score'
      readonly by: readonly Listing[]
      readonly finding: Listing
    } & Reasons)

/**
 * What the findings about one message come to. A list scores once, however many of the message's names it
 * lists: a newsletter with ten new domains is not ten times as bad.
 */
export function judge(
  findings: readonly Finding[],
  { rejectScore }: { readonly rejectScore: number },
): Verdict {
  const listings = findings.filter((finding) => finding.kind === 'listed')
  const rejecting = listings.filter(({ action }) => action === 'reject')
  const scored = oncePerList(listings.filter(({ action }) => action === 'score'))
  const notes = listings.filter(({ action }) => action === 'note')
  const score = round(scored.reduce((sum, listing) => sum + listing.score, 0))
  const reasons = { score, scored, notes }
  const [rejector] = rejecting
  if (rejector) return { kind: 'reject', because: 'listing', by: rejecting, finding: rejector, ...reasons }
  const by = scored.filter((listing) => listing.score > 0)
  const [scorer] = by
  if (scorer && score >= rejectScore) {
    return { kind: 'reject', because: 'score', by, finding: scorer, ...reasons }
  }
  return { kind: 'pass', ...reasons }
}

/** The first listing that allows the client, if there is one. */
export function findAllowing(findings: readonly Finding[]): Listing | undefined {
  return findings.filter((finding) => finding.kind === 'listed').find(({ action }) => action === 'allow')
}

/** `192.0.2.1 is listed in Spamhaus ZEN (SBL: source of spam)`: fit for strangers, so no code, no key. */
export function explainListing({ item, list, codes, action }: Listing): string {
  const decisive = codes.filter((code) => code.action === action).map(({ meaning }) => meaning)
  const meanings = [...new Set(decisive)].filter((meaning) => meaning !== 'listed')
  return `${itemText(item)} is listed in ${list}${meanings.length > 0 ? ` (${meanings.join('; ')})` : ''}`
}

function oncePerList(listings: readonly Listing[]): readonly Listing[] {
  return [...new Map(listings.toReversed().map((listing) => [listing.listId, listing])).values()].toReversed()
}

/** Scores such as 0.1 must add up as people add them. */
function round(score: number): number {
  return Math.round(score * 1e6) / 1e6
}
