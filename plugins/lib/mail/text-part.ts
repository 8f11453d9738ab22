import type { CharsetDecoder } from './charset'
import { createCharsetDecoder } from './charset'
import { createHtmlScanner } from './html-scanner'
import type { ScanBudget } from './scan-budget'
import type { Report } from './scanner'
import { scanText } from './scanner'
import type { TransferEncoding } from './transfer-encoding'
import { createTransferDecoder } from './transfer-encoding'

/** A part of a message, fed with raw lines. */
export interface Part {
  line(line: Buffer): void
  end(): void
}

export interface TextPartKind {
  readonly format: 'plain' | 'html'
  /** Lines that begin with a blank continue the one before (RFC 5545 section 3.1, RFC 6350 section 3.2). */
  readonly isFolded: boolean
  readonly encoding: TransferEncoding
  readonly charset: string
  readonly isAttachment: boolean
}

/** Looks at so much at a time: lookups start early, and nobody waits long. */
const pieceBytes = 16 * 1024

/** Looks for hosts in a text while its lines arrive. */
export function createTextPart(kind: TextPartKind, budget: ScanBudget, report: Report): Part {
  const transfer = createTransferDecoder(kind.encoding)
  const characters: CharsetDecoder = createCharsetDecoder(kind.charset)
  const reader = kind.format === 'html' ? createHtmlScanner(report) : createPlainReader(kind.isFolded, report)
  let lines: Buffer[] = []
  let bytes = 0
  let text = ''
  // An unfinished token makes the next piece longer, twice as long each time: reading it again costs no more.
  let wanted = pieceBytes

  function add(more: string): void {
    text += more.slice(0, budget.take(more.length, kind.isAttachment))
    if (text.length < wanted) return
    text = text.slice(reader.read(text, false))
    wanted = Math.max(pieceBytes, 2 * text.length)
  }

  function decode(): void {
    const raw = lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines, bytes)
    lines = []
    bytes = 0
    add(characters.write(transfer.write(raw)))
  }

  return {
    line(line) {
      if (budget.isSpent(kind.isAttachment)) {
        budget.take(line.length, kind.isAttachment)
        return
      }
      lines.push(line)
      bytes += line.length
      if (bytes >= pieceBytes) decode()
    },
    end() {
      decode()
      add(characters.write(transfer.end()) + characters.end())
      reader.read(text, true)
      text = ''
    },
  }
}

/** Answers how much of the text was used; the rest has to come again with more behind it. */
interface TextReader {
  read(text: string, final: boolean): number
}

/** Plain text is cut between lines, or between words when a line is long. */
function createPlainReader(isFolded: boolean, report: Report): TextReader {
  const unfolded = (text: string): string => (isFolded ? text.replace(/\r?\n[\t ]/g, '') : text)
  return {
    read(text, final) {
      const cut = final ? text.length : lineEnd(text) || lastBlank(text, isFolded)
      if (cut > 0) scanText(unfolded(text.slice(0, cut)), report)
      return cut
    },
  }
}

/** After the last line end but one: what follows the last may continue its line. */
function lineEnd(text: string): number {
  return text.lastIndexOf('\n', text.length - 2) + 1
}

function lastBlank(text: string, isFolded: boolean): number {
  return isFolded ? 0 : text.lastIndexOf(' ') + 1
}

/** Passes over the lines of a uuencoded file in the text, whose letters would look like hosts: `M.CO`. */
export function withoutUuencoded(part: Part): Part {
  let isInside = false
  return {
    line(line) {
      if (isInside) {
        if (isUuencoded(line)) return
        if (line[0] === 0x65 && /^end\s*$/.test(line.toString('latin1'))) isInside = false
      } else if (line[0] === 0x62 && /^begin [0-7]{3,4} \S/.test(line.toString('latin1', 0, 20))) {
        isInside = true
      }
      part.line(line)
    },
    end() {
      part.end()
    },
  }
}

/** A full line: `M` (45 bytes) and 60 characters, of which none is a small letter. */
function isUuencoded(line: Buffer): boolean {
  return line[0] === 0x4d && line.length >= 61 && line.length <= 63 && line.every((code) => code <= 0x60)
}
