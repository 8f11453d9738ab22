import type { Report } from './scanner'
import { scanText } from './scanner'

/** Puts together the words that inline elements cut up: `evil<b>.com</b>`. */
export interface WordJoiner {
  /** The text between two tags. */
  text(text: string): void
  /** Between two texts stood something that ends a word. */
  end(): void
}

/** Longer than any host with a scheme in front. */
const longestWord = 300

export function createWordJoiner(report: Report): WordJoiner {
  let word = ''
  let pieces = 0

  function add(piece: string): void {
    if (piece === '' || word.length > longestWord) return
    word += piece
    pieces++
  }

  function end(): void {
    if (pieces > 1) scanText(word, report)
    word = ''
    pieces = 0
  }

  return {
    text(text) {
      const blank = text.search(/\s/)
      if (blank < 0) {
        add(text.slice(0, longestWord))
        return
      }
      if (pieces > 0) {
        add(text.slice(0, Math.min(blank, longestWord)))
        end()
      }
      add(lastWord(text))
    },
    end,
  }
}

function lastWord(text: string): string {
  let start = text.length
  while (start > 0 && text.length - start < longestWord && !/\s/.test(text.charAt(start - 1))) start--
  return text.slice(start)
}
