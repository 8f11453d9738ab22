import type { ResultEntry } from '../haraka/types'
import type { Finding } from '../lists'

/** Of one message; a body of 100 names on ten lists must not fill the log. */
const MAX_TEXTS = 20

/**
 * Findings in the form of Haraka's results, for karma and other plugins: blocklists that list the item fail,
 * allowlists that do pass; lists that could not be asked are skip or err. No text holds a key.
 */
export function describeFindings(findings: readonly Finding[], kind: 'blocklist' | 'allowlist'): ResultEntry {
  const entry = {
    pass: new Set<string>(),
    fail: new Set<string>(),
    skip: new Set<string>(),
    err: new Set<string>(),
  }
  for (const finding of findings) {
    switch (finding.kind) {
      case 'listed':
        entry[kind === 'blocklist' ? 'fail' : 'pass'].add(finding.list)
        break
      case 'clear':
        if (kind === 'blocklist') entry.pass.add(finding.list)
        break
      case 'skipped':
        entry.skip.add(`${finding.list}: ${finding.reason}`)
        break
      case 'error':
        entry.err.add(`${finding.list}: ${finding.reason}`)
        break
    }
  }
  for (const list of entry.fail) entry.pass.delete(list)
  // Haraka logs a key that is there, an empty list too.
  const texts = Object.entries(entry).map(([key, values]) => [key, [...values].slice(0, MAX_TEXTS)] as const)
  return Object.fromEntries(texts.filter(([, values]) => values.length > 0))
}
