import type { ResultEntry } from '../haraka/types'
import type { Finding } from '../lists'

/** Of one message; a body of 100 names on ten lists must not fill the log. */
const MAX_TEXTS = 20

/**
 * Findings in the form of Haraka's results, for karma and other plugins: blocklists that list the item fail,
 * allowlists that do pass; lists that could not be asked are skip or err. No text holds a key.
 */
export function describeFindings(findings: readonly Finding[], kind: 'blocklist' | 'allowlist'): ResultEntry {
  const texts: Record<'pass' | 'fail' | 'skip' | 'err', string[]> = { pass: [], fail: [], skip: [], err: [] }
  for (const finding of findings) {
    const { list } = finding
    switch (finding.kind) {
      case 'listed':
        addOnce(kind === 'blocklist' ? texts.fail : texts.pass, list)
        break
      case 'clear':
        if (kind === 'blocklist') addOnce(texts.pass, list)
        break
      case 'skipped':
        addOnce(texts.skip, `${list}: ${finding.reason}`)
        break
      case 'error':
        addOnce(texts.err, `${list}: ${finding.reason}`)
        break
    }
  }
  const { fail, skip, err } = texts
  const pass = fail.length === 0 ? texts.pass : texts.pass.filter((list) => !fail.includes(list))
  // Haraka logs a key that is there, an empty list too.
  const entry: ResultEntry = {}
  if (pass.length > 0) entry.pass = pass.slice(0, MAX_TEXTS)
  if (fail.length > 0) entry.fail = fail.slice(0, MAX_TEXTS)
  if (skip.length > 0) entry.skip = skip.slice(0, MAX_TEXTS)
  if (err.length > 0) entry.err = err.slice(0, MAX_TEXTS)
  return entry
}

/** There are as many as lists, which is few. */
function addOnce(texts: string[], text: string): void {
  if (!texts.includes(text)) texts.push(text)
}
