import type { ResultEntry } from '../haraka/types'
import type { Finding } from '../lists'

/**
 * Findings in the form of Haraka's results, for karma and other plugins: blocklists that list the item fail,
 * allowlists that do pass; lists that could not be asked are skip or err. No text holds a key.
 */
export function describeFindings(findings: readonly Finding[], kind: 'blocklist' | 'allowlist'): ResultEntry {
  const names = (wanted: (finding: Finding) => boolean): string[] =>
    findings.filter(wanted).map(({ list }) => list)
  const reasons = (wanted: 'error' | 'skipped'): string[] =>
    findings.flatMap((finding) => (finding.kind === wanted ? [`${finding.list}: ${finding.reason}`] : []))
  const isListed = ({ kind: found }: Finding): boolean => found === 'listed'
  const listedEntry = kind === 'blocklist' ? { fail: names(isListed) } : { pass: names(isListed) }
  const clearEntry = kind === 'blocklist' ? { pass: names(({ kind: found }) => found === 'clear') } : {}
  return { ...listedEntry, ...clearEntry, skip: reasons('skipped'), err: reasons('error') }
}
