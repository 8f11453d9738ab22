import { isUtf8 } from 'node:buffer'
import { watchMessageLines } from './message-lines'
import type { HarakaTransaction, HeaderLine } from './types'

/**
 * Keeps header fields as they came. Haraka holds a header as text and writes it as UTF-8: fields in other charsets
 * come out damaged, and after HELO all that are not ASCII. Here each of them keeps its bytes for as long as its
 * text is the same, under another name too. To be called before the first line of the message.
 */
export function keepHeaderBytes(transaction: HarakaTransaction): void {
  // After HELO Haraka reads `binary`, which makes gibberish of UTF-8.
  transaction.encoding = 'utf8'
  const values: KeptValues = new Map()
  let field: Buffer[] = []
  let inHeader = true
  watchMessageLines(transaction, (line) => {
    if (!inHeader) return 'keep'
    inHeader = line[0] !== 0x0d && line[0] !== 0x0a
    const isContinued = line[0] === 0x20 || line[0] === 0x09
    if (!isContinued) {
      keepField(values, Buffer.concat(field))
      field = []
    }
    // The first dot of a line is SMTP's (RFC 5321 4.5.2).
    field.push(line[0] === 0x2e ? line.subarray(1) : line)
    if (!inHeader && values.size > 0) showBytes(transaction, values)
    return 'keep'
  })
}

/** The header as it will be sent, each field with its folds and line ends, without dot-stuffing. */
export function sentFields({ message_stream: message }: HarakaTransaction): Buffer[] {
  return message.headers.map((line) => Buffer.from(line.replace(/\r?\n/g, '\r\n').valueOf() as string))
}

/** Bytes by the text that Haraka makes of them; one text may stand for several. */
type KeptValues = Map<string, Buffer[]>

function keepField(values: KeptValues, field: Buffer): void {
  if (isUtf8(field)) return
  const value = field.subarray(field.indexOf(':') + 1)
  const text = value.toString().replace(/\r\n/g, '\n')
  values.set(text, [...(values.get(text) ?? []), value])
}

/** Only the way out sees bytes: every plugin goes on working with text. */
function showBytes({ message_stream: message, header }: HarakaTransaction, values: KeptValues): void {
  Object.defineProperty(message, 'headers', {
    get(): HeaderLine[] {
      const left = new Map(values)
      return header.header_list.map((line) => {
        const nameEnd = line.indexOf(':') + 1
        const text = line.slice(nameEnd)
        const [bytes, ...others] = left.get(text) ?? []
        if (!bytes) return line
        left.set(text, others)
        return createByteLine(`${line.slice(0, nameEnd)}${bytes.toString('latin1')}`)
      })
    },
  })
}

/** `Buffer.from` takes the bytes from `valueOf`; in the text each byte is one character. */
function createByteLine(text: string): HeaderLine {
  return {
    replace: (pattern, replacement) => createByteLine(text.replace(pattern, replacement)),
    valueOf: () => Buffer.from(text, 'latin1'),
  }
}
