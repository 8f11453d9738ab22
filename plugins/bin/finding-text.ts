import type { Finding } from '../lib/lists'

/** What a list said about an item, for people at a terminal. */
export function findingText(finding: Finding): string {
  switch (finding.kind) {
    case 'listed': {
      const codes = finding.codes.map(({ code, meaning, action }) => `${code} ${meaning}: ${action}`)
      return `LISTED, ${codes.join('; ')}${finding.action === 'score' ? `, score ${finding.score}` : ''}`
    }
    case 'clear':
      return 'not listed'
    case 'error':
      return `no usable answer: it ${finding.reason}`
    case 'skipped':
      return `not asked: ${finding.reason}`
  }
}
