import type { HarakaTransaction } from './types'

const CR = 0x0d
const SPACE = 0x20

/** How Haraka reads the header of a message that comes in. */
interface HeaderInput {
  readonly header_lines: readonly string[]
  /** 0 until the header has ended. */
  readonly header_pos: number
  readonly cfg?: { readonly headers?: { readonly max_lines?: number } }
}

/** Haraka's own, when connection.ini does not say. */
const DEFAULT_MAX_HEADER_LINES = 1000

/**
 * Makes a space of each CR that is not part of a line end. Servers that take it for one would see `CR . CR` as the
 * end of the message, and commands of the sender's in the rest of it (SMTP smuggling). Postfix does the same.
 * Whoever watches the lines of the message sees them as they came.
 */
export function replaceStrayReturns(transaction: HarakaTransaction): void {
  const keep = transaction.add_data.bind(transaction)
  transaction.add_data = (line) => {
    keep(hasStrayReturn(line) ? withoutStrayReturns(line) : line)
  }
}

/** Lines end in CRLF: Haraka takes no others. */
function hasStrayReturn(line: Buffer | string): line is Buffer {
  if (typeof line === 'string') return false
  const first = line.indexOf(CR)
  return first !== -1 && first < line.length - 2
}

function withoutStrayReturns(line: Buffer): Buffer {
  const text = line.subarray(0, -2).map((byte) => (byte === CR ? SPACE : byte))
  return Buffer.concat([text, line.subarray(-2)])
}

const cut = new WeakSet<HarakaTransaction>()

/** Haraka keeps so many lines of a header and loses the others without a word: notes that it did. */
export function noteLostHeaderLines(transaction: HarakaTransaction): void {
  const { header_lines: lines, cfg } = transaction as HarakaTransaction & HeaderInput
  const maxLines = cfg?.headers?.max_lines ?? DEFAULT_MAX_HEADER_LINES
  const keep = transaction.add_data.bind(transaction)
  transaction.add_data = (line) => {
    const before = lines.length
    keep(line)
    const isHeader = (transaction as HarakaTransaction & HeaderInput).header_pos === 0
    if (isHeader && before >= maxLines) cut.add(transaction)
  }
}

export const hasLostHeaderLines = (transaction: HarakaTransaction): boolean => cut.has(transaction)
