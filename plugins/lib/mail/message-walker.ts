import { createNestedMessage } from './nested-message'
import type { PartFields } from './part-kind'
import { partKind } from './part-kind'
import type { ScanBudget } from './scan-budget'
import type { Report } from './scanner'
import type { Part } from './text-part'
import { createTextPart, withoutUuencoded } from './text-part'

export interface WalkerContext {
  readonly budget: ScanBudget
  readonly report: Report
  /** Told the Subject of the message itself, encoded words and all. */
  readonly onSubject?: (text: string) => void
  /** Messages inside encoded messages are followed so deep. */
  readonly depth: number
}

/** Multiparts inside multiparts are followed so deep; what lies deeper is read as plain text. */
const maxMultiparts = 50

/** RFC 2046 allows 70 characters; longer ones are seen. */
const longestBoundary = 200

interface Multipart {
  boundary: string | undefined
  readonly isDigest: boolean
}

const plainText = {
  format: 'plain',
  isFolded: false,
  encoding: 'identity',
  charset: '',
  isAttachment: false,
} as const

/**
 * Follows the MIME structure of a message while its lines arrive, and hands the lines of its texts to a scanner each.
 * Of attachments only the first two bytes of each line are looked at. Whatever is broken is read as well as it can be:
 * a boundary may be missing at the beginning, at the end, or altogether.
 */
export function createMessageWalker(context: WalkerContext): Part {
  const fields = createFieldReader()
  const multiparts: Multipart[] = []
  let part: Part | undefined
  let isHeader = true
  let isTop = true
  let defaultType = 'text/plain'

  const textPart = (): Part => withoutUuencoded(createTextPart(plainText, context.budget, context.report))

  function startBody(): void {
    const { subject, ...found } = fields.take()
    if (isTop && subject !== '') context.onSubject?.(subject)
    isTop = false
    isHeader = false
    const kind = partKind(found, defaultType)
    switch (kind.kind) {
      case 'multipart':
        if (multiparts.length < maxMultiparts) multiparts.push(kind)
        part = textPart()
        break
      case 'message':
        if (kind.encoding === 'identity') startHeader('text/plain')
        else part = createNestedMessage(kind.encoding, context, createMessageWalker)
        break
      case 'text':
        part = createTextPart(kind.text, context.budget, context.report)
        if (kind.text.format === 'plain' && kind.text.encoding === 'identity') part = withoutUuencoded(part)
        break
      case 'other':
        part = undefined
    }
  }

  function startHeader(type: string): void {
    isHeader = true
    defaultType = type
  }

  function endPart(): void {
    part?.end()
    part = undefined
    fields.take()
  }

  /** Acts on a boundary line; says whether it was one. */
  function isBoundary(line: Buffer): boolean {
    if (line[0] !== 0x2d || line[1] !== 0x2d || multiparts.length === 0) return false
    if (line.length > longestBoundary) return false
    const found = findBoundary(multiparts, line.toString('latin1', 2).trimEnd())
    if (found === undefined) return false
    endPart()
    multiparts.length = found.isClosing ? found.index : found.index + 1
    if (found.isClosing) {
      isHeader = false
      part = textPart()
    } else {
      startHeader(multiparts[found.index]?.isDigest === true ? 'message/rfc822' : 'text/plain')
    }
    return true
  }

  return {
    line(line) {
      if (isBoundary(line)) return
      if (isHeader) {
        const result = fields.line(line)
        if (result === 'field') return
        startBody()
        // A part without a header begins with its text at once.
        if (result === 'blank' || isHeader) return
      }
      part?.line(line)
    },
    end() {
      if (isHeader) startBody()
      endPart()
    },
  }
}

/** The innermost multipart that the line (without its two hyphens) belongs to. */
function findBoundary(
  multiparts: Multipart[],
  text: string,
): { readonly index: number; readonly isClosing: boolean } | undefined {
  for (let index = multiparts.length - 1; index >= 0; index--) {
    const multipart = multiparts[index]
    if (multipart === undefined) continue
    if (multipart.boundary === undefined && /^[^\s-]\S+$/.test(text)) multipart.boundary = text
    const { boundary } = multipart
    if (boundary === undefined || !text.startsWith(boundary)) continue
    if (text.length === boundary.length) return { index, isClosing: false }
    if (text.length === boundary.length + 2 && text.endsWith('--')) return { index, isClosing: true }
  }
  return undefined
}

interface FieldReader {
  /** A line of a header: part of a field, the blank line at its end, or no header at all. */
  line(line: Buffer): 'field' | 'blank' | 'text'
  /** The fields read so far; starts anew. */
  take(): PartFields & { readonly subject: string }
}

const wanted = /^(content-type|content-transfer-encoding|content-disposition|subject)[\t ]*:/i

/** A field is kept up to here; the rest of it is passed over. */
const longestField = 16 * 1024

function createFieldReader(): FieldReader {
  let found = new Map<string, string>()
  let current: string | undefined

  return {
    line(line) {
      const code = line[0]
      if (code === 0x0a || code === undefined || (code === 0x0d && line[1] === 0x0a)) return 'blank'
      if (code === 0x20 || code === 0x09) {
        const text = current === undefined ? undefined : found.get(current)
        if (current !== undefined && text !== undefined && text.length < longestField) {
          found.set(current, text + ' ' + line.toString('latin1', 0, longestField).trim())
        }
        return 'field'
      }
      current = undefined
      if (!looksLikeField(line)) return 'text'
      const text = line.toString('latin1', 0, longestField)
      const name = wanted.exec(text)?.[1]?.toLowerCase()
      // Of equal fields the first counts.
      if (name !== undefined && !found.has(name)) {
        current = name
        found.set(name, text.slice(text.indexOf(':') + 1).trim())
      }
      return 'field'
    },
    take() {
      const fields = {
        contentType: found.get('content-type') ?? '',
        transferEncoding: found.get('content-transfer-encoding') ?? '',
        disposition: found.get('content-disposition') ?? '',
        subject: found.get('subject') ?? '',
      }
      found = new Map()
      current = undefined
      return fields
    },
  }
}

/** A name of printable characters and a colon (RFC 5322 section 2.2); `From ` and `>From ` of mailboxes pass too. */
function looksLikeField(line: Buffer): boolean {
  return /^(?:[!-9;-~]+[\t ]*:|>?From )/.test(line.toString('latin1', 0, 200))
}
