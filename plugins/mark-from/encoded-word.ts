import { isUtf8 } from 'node:buffer'
import { decode as decodeCharset, encodingExists } from 'iconv-lite'

/** Encoded-words of RFC 2047, as they arrive and as we write them. */

/** Decoded text, or an encoded-word in a charset nobody here can read. */
export type TextPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'opaque'; readonly word: string }

/** RFC 2047 section 2. */
export const maxWordLength = 75
/** With `From: ` before it, a word of this length fits in a line of 76. */
const maxNameWordLength = 70

// Readers decode words inside quoted-strings and without spaces around them, so this does as well.
const anyWord = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bq])\?([^?\s]*)\?=/gi

/** One that may stand in a phrase as it is: RFC 2047 sections 2 and 5. */
const phraseWord = /^(?=.{1,75}$)=\?[\w!#$%&'*+{|}~^`-]+\?[bq]\?[\w!*+/=-]*\?=$/i

interface Word {
  readonly raw: string
  readonly charset: string
  readonly bytes: Buffer
}

export function decodeEncodedWords(text: string): readonly TextPart[] {
  if (!text.includes('=?')) return text === '' ? [] : [{ kind: 'text', text: repairUtf8(text) }]
  const parts: TextPart[] = []
  let pending: Word[] = []
  let end = 0
  const flush = (): void => {
    parts.push(...decodeWords(pending))
    pending = []
  }
  for (const match of text.matchAll(anyWord)) {
    const between = text.slice(end, match.index)
    // White space between two encoded-words is not part of the text (RFC 2047 section 6.2).
    const isAdjacent = pending.length > 0 && /^\s*$/.test(between)
    const word = parseWord(match)
    if (pending.length > 0 && !(isAdjacent && pending[0]?.charset === word.charset)) flush()
    if (between !== '' && !isAdjacent) parts.push({ kind: 'text', text: repairUtf8(between) })
    pending.push(word)
    end = match.index + word.raw.length
  }
  flush()
  if (end < text.length) parts.push({ kind: 'text', text: repairUtf8(text.slice(end)) })
  return mergeText(parts)
}

/** The text as a person reads it; what nobody can read is U+FFFD. */
export function textOf(parts: readonly TextPart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '\ufffd')).join('')
}

function parseWord(match: RegExpExecArray): Word {
  const [raw, charset = '', encoding = '', content = ''] = match
  const bytes = encoding.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : decodeQ(content)
  return { raw, charset: charset.toLowerCase(), bytes }
}

function decodeQ(content: string): Buffer {
  const binary = content
    .replace(/_/g, ' ')
    .replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(binary, 'latin1')
}

/** Words of one charset are joined before decoding: some senders split them inside a character. */
function decodeWords(words: readonly Word[]): TextPart[] {
  const [first] = words
  if (!first) return []
  const text = decodeBytes(Buffer.concat(words.map((word) => word.bytes)), first.charset)
  if (text !== null) return [{ kind: 'text', text }]
  return words.map(({ raw }) =>
    phraseWord.test(raw) ? { kind: 'opaque', word: raw } : { kind: 'text', text: '\ufffd' },
  )
}

// Names that iconv-lite knows and that are no charsets.
const notCharsets = new Set(['base64', 'hex', 'binary'])

function decodeBytes(bytes: Buffer, charset: string): string | null {
  try {
    if (charset === 'utf-8') return bytes.toString('utf8')
    if (!notCharsets.has(charset) && encodingExists(charset)) return decodeCharset(bytes, charset)
    // iconv-lite lacks ISO-2022-JP.
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return null
  }
}

function mergeText(parts: readonly TextPart[]): TextPart[] {
  const merged: TextPart[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (part.kind === 'text' && last?.kind === 'text') {
      merged[merged.length - 1] = { kind: 'text', text: last.text + part.text }
    } else merged.push(part)
  }
  return merged
}

/** After HELO Haraka reads bytes as Latin-1: UTF-8 shows up as pairs such as `Ã©`. */
function repairUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : text
}

/** Text as encoded-words in UTF-8, B or Q, whichever is shorter; no character is split. */
export function encodeWords(text: string, maxLength = maxNameWordLength): string[] {
  const words: string[] = []
  let chunk = ''
  let bytes = 0
  let qLength = 0
  for (const character of text) {
    const size = utf8Length(character)
    const qSize = size === 1 ? (qTable[character.charCodeAt(0)] ?? '').length : size * 3
    if (chunk !== '' && wordLength(bytes + size, qLength + qSize) > maxLength) {
      words.push(encodeWord(chunk, bytes, qLength))
      chunk = ''
      bytes = 0
      qLength = 0
    }
    chunk += character
    bytes += size
    qLength += qSize
  }
  return [...words, encodeWord(chunk, bytes, qLength)]
}

function wordLength(bytes: number, qLength: number): number {
  return '=?UTF-8?Q??='.length + Math.min(qLength, base64Length(bytes))
}

function utf8Length(character: string): number {
  if (character.length === 2) return 4
  const code = character.charCodeAt(0)
  return code < 0x80 ? 1 : code < 0x800 ? 2 : 3
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}

function encodeWord(text: string, bytes: number, qLength: number): string {
  return base64Length(bytes) < qLength
    ? `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
    : `=?UTF-8?Q?${encodeQ(text)}?=`
}

function encodeQ(text: string): string {
  let q = ''
  for (const byte of Buffer.from(text)) q += qTable[byte] ?? ''
  return q
}

/** In a phrase only these stand for themselves (RFC 2047 section 5, rule 3). */
const qTable = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (/[\w!*+/-]/.test(character) && character !== '_') return character
  return byte === 0x20 ? '_' : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
})
