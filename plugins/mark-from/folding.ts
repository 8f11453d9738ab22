import { encodeWords, maxWordLength, type TextPart } from './encoded-word'
import type { Mark } from './display-name'

/** How names and fields are written: ASCII as quoted-string, all else as encoded-words, never mixed. */

const maxLineLength = 78
/** RFC 2047 section 2: a line with an encoded-word. */
const maxEncodedLineLength = 76

/**
 * The pieces of a phrase; between two of them a line may be folded. The mark is a word of its own, so that
 * it survives whatever happens to the name.
 */
export function phrasePieces(parts: readonly TextPart[], mark: Mark): string[] {
  const [only] = parts
  if (parts.length <= 1 && only?.kind !== 'opaque') {
    const text = `${mark.before}${only?.text ?? ''}${mark.after}`.trim()
    // `=?` in a quoted-string would be decoded by many readers.
    if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return quotedPieces(text)
  }
  const words = parts.flatMap((part) => (part.kind === 'text' ? encodeWords(part.text) : [part.word]))
  return [...markWords(mark.before), ...words, ...markWords(mark.after)]
}

function quotedPieces(text: string): string[] {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`.split(' ')
}

/** In one word where it fits, else broken at a space: some readers put one where two words meet. */
function markWords(text: string): string[] {
  if (text === '') return []
  const whole = encodeWords(text, maxWordLength)
  const lastSpace = text.trimEnd().lastIndexOf(' ') + 1
  if (whole.length === 1 || lastSpace <= 1) return whole
  return [text.slice(0, lastSpace), text.slice(lastSpace)].flatMap((part) => encodeWords(part, maxWordLength))
}

/** The value of a From field, folded where its lines would be too long. */
export function foldField(pieces: readonly string[], fieldName = 'From'): string {
  let value = ''
  let lineLength = fieldName.length + 1
  let isEncoded = false as boolean
  for (const piece of pieces) {
    const isWord = piece.startsWith('=?')
    const limit: number = isEncoded || isWord ? maxEncodedLineLength : maxLineLength
    const isTooLong = lineLength + 1 + piece.length > limit
    // A first piece that is too long for any line stays on the first.
    const isFold = isTooLong && !(value === '' && piece.length + 1 > limit)
    value += isFold ? `\r\n ${piece}` : value === '' ? piece : ` ${piece}`
    lineLength = isFold ? piece.length + 1 : lineLength + 1 + piece.length
    isEncoded = isWord || (isEncoded && !isFold)
  }
  return value
}
