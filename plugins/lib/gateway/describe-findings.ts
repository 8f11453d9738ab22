import type { ResultEntry } from '../haraka/types'
import type { Finding } from '../lists'

/**
 * Findings in the form of Haraka's results, for karma and other plugins: blocklists that list the item fail,
 * allowlists that do pass; lists that could not be asked are skip or err. No text holds a key.
 */
export function describeFindings(findings: readonly Finding[], kind: 'blocklist' | 'allowlist'): ResultEntry {
  const entry: Record<'pass' | 'fail' | 'skip' | 'err', string[]> = { pass: [], fail: [], skip: [], err: [] }
  for (const finding of findings) {
    switch (finding.kind) {
      case 'listed':
        entry[kind === 'blocklist' ? 'fail' : 'pass'].push(finding.list)
        break
      case 'clear':
        if (kind === 'blocklist') entry.pass.push(finding.list)
        break
      case 'skipped':
        entry.skip.push(`${finding.list}: ${finding.reason}`)
        break
      case 'error':
        entry.err.push(`${finding.list}: ${finding.reason}`)
        break
    }
  }
  // Haraka logs a key that is there, an empty list too.
  return Object.fromEntries(Object.entries(entry).filter(([, values]) => values.length > 0))
}
