import { withoutEntities } from './html-entities'
import type { Report } from './scanner'
import { scanText } from './scanner'

/** Puts together the words that inline elements cut up: `evil<b>.com</b>`. */
export interface WordJoiner {
  /** The text between two tags; it is only looked at when an inline element touches it. */
  text(html: string, start: number, end: number): void
  /** Does it matter what tag comes next? */
  isTouched(): boolean
  tag(isInline: boolean): void
  end(): void
}

/** Longer than any host with a scheme in front. */
const longestWord = 300

export function createWordJoiner(report: Report): WordJoiner {
  let word = ''
  let pieces = 0
  let html = ''
  let start = 0
  let end = 0

  function add(piece: string): void {
    if (piece === '' || word.length > longestWord) return
    word += piece
    pieces++
  }

  function endWord(): void {
    if (pieces > 1) scanText(word, report)
    word = ''
    pieces = 0
  }

  function tag(isInline: boolean): void {
    if (start < end && pieces > 0) {
      const blank = endOfWord(html, start, end)
      add(withoutEntities(html.slice(start, Math.min(blank, start + longestWord))))
      if (blank < end) endWord()
      else start = end
    }
    if (start < end && isInline) add(withoutEntities(html.slice(startOfWord(html, start, end), end)))
    if (!isInline) endWord()
    start = end
  }

  return {
    text(inside, from, to) {
      // Text that ends with a blank begins nothing.
      const isTouching = pieces > 0 || inside.charCodeAt(to - 1) > 0x20
      html = inside
      start = from
      end = isTouching ? to : from
    },
    isTouched: () => start !== end || pieces > 0,
    tag,
    end() {
      tag(false)
      html = ''
    },
  }
}

function endOfWord(html: string, start: number, end: number): number {
  let at = start
  while (at < end && html.charCodeAt(at) > 0x20) at++
  return at
}

function startOfWord(html: string, start: number, end: number): number {
  const least = Math.max(start, end - longestWord)
  let at = end
  while (at > least && html.charCodeAt(at - 1) > 0x20) at--
  return at
}
