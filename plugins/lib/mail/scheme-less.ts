import { canonicalName, hasPublicSuffix } from './domain-name'

const known = new Map<string, boolean>()

/** Is the label a top-level domain? The Public Suffix List knows them all. */
export function isTopLevel(label: string): boolean {
  let answer = known.get(label)
  if (answer === undefined) {
    const name = canonicalName(`a.${label}`)
    answer = name !== undefined && hasPublicSuffix(name)
    if (known.size >= 10_000) known.clear() // hostile text is full of new ones
    known.set(label, answer)
  }
  return answer
}

/** Endings of file names that are top-level domains too. Countries and gTLDs full of web sites are left out. */
const fileEndings = new Set(['cab', 'md', 'mm', 'mo', 'mov', 'pm', 'ps', 'py', 'rs', 'sh', 'so', 'zip'])

/** Names that are written as an abbreviation far more often than as a host. */
const abbreviations = new Map([
  ['kg', 'co'],
  ['ltd', 'co'],
  ['med', 'dr'],
])

/** Top-level domains that nobody starts a sentence with. */
const notWords = new Set(
  'biz cc cn com de edu eu gov info io net online org ru shop site store top tv uk xyz'.split(' '),
)

/**
 * Is a host without a scheme more likely prose or a file name? `report.zip`, `main.py`, `the end.In the`, `9.am`.
 * A mail client would make a link of some of them, but a reader sees none.
 */
export function isProse(run: string, topLevel: string): boolean {
  const dot = run.indexOf('.')
  if (dot !== run.lastIndexOf('.')) return false
  if (fileEndings.has(topLevel)) return true
  if (abbreviations.get(topLevel) === run.slice(0, dot).toLowerCase()) return true
  if (isTitleCase(run, dot + 1) && !notWords.has(topLevel)) return true
  return topLevel === 'am' && /^\d+\./.test(run)
}

/** A capital letter and a small one. */
export function isTitleCase(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0x41 || (code > 0x5a && code < 0x80)) return false
  return /^\p{Lu}\p{Ll}/u.test(text.slice(at, at + 2))
}
