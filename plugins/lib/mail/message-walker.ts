import { createBoundaries } from './boundaries'
import { createNestedMessage } from './nested-message'
import { createFieldReader } from './part-fields'
import type { PartKind } from './part-kind'
import { partKind } from './part-kind'
import type { ScanBudget } from './scan-budget'
import type { Report } from './scanner'
import type { Part, TextPartKind } from './text-part'
import { createTextPart, withoutUuencoded } from './text-part'

export interface WalkerContext {
  readonly budget: ScanBudget
  readonly report: Report
  /** Told the Subject of the message itself, encoded words and all. */
  readonly onSubject?: (text: string) => void
  /** Messages inside encoded messages are followed only so deep. */
  readonly depth: number
}

const plainText = {
  format: 'plain',
  isFolded: false,
  encoding: 'identity',
  charset: '',
  isAttachment: false,
} as const

/** What reads the body of a part; nothing does when it holds no text. */
function createPart(context: WalkerContext, kind: PartKind): Part | undefined {
  switch (kind.kind) {
    case 'multipart':
      return createReadablePart(context) // what stands before the first boundary is shown when none follows
    case 'message':
      return createNestedMessage(kind.encoding, context, createMessageWalker)
    case 'text':
      return createReadablePart(context, kind.text)
    case 'other':
      return undefined
  }
}

function createReadablePart({ budget, report }: WalkerContext, kind: TextPartKind = plainText): Part {
  const part = createTextPart(kind, budget, report)
  return kind.format === 'plain' && kind.encoding === 'identity' ? withoutUuencoded(part) : part
}

/**
 * Follows the MIME structure of a message while its lines arrive, and hands the lines of each text to a scanner of its
 * own. Of attachments only the first two bytes of each line are looked at. Whatever is broken is read as well as it
 * can be: a boundary may be missing at the beginning, at the end, or altogether.
 */
export function createMessageWalker(context: WalkerContext): Part {
  const fields = createFieldReader()
  const boundaries = createBoundaries()
  let part: Part | undefined
  let isHeader = true
  let isTop = true
  let defaultType = 'text/plain'

  function startHeader(type: string): void {
    isHeader = true
    defaultType = type
  }

  function startBody(): void {
    const { subject, ...found } = fields.take()
    if (isTop && subject !== '') context.onSubject?.(subject)
    isTop = false
    isHeader = false
    const kind = partKind(found, defaultType)
    if (kind.kind === 'multipart') boundaries.push(kind.boundary, kind.isDigest)
    if (kind.kind === 'message' && kind.encoding === 'identity') startHeader('text/plain')
    else part = createPart(context, kind)
  }

  function endPart(): void {
    part?.end()
    part = undefined
    fields.take()
  }

  function takeLine(line: Buffer): void {
    if (!isHeader) {
      part?.line(line)
      return
    }
    const result = fields.line(line)
    if (result === 'field') return
    startBody()
    // A part without a header begins with its text at once.
    if (result === 'text') takeLine(line)
  }

  return {
    line(line) {
      const boundary = boundaries.read(line)
      if (boundary === undefined) {
        takeLine(line)
        return
      }
      endPart()
      isHeader = false
      if (boundary.kind === 'close') part = createReadablePart(context)
      else startHeader(boundary.isDigest ? 'message/rfc822' : 'text/plain')
    },
    end() {
      if (isHeader) startBody()
      endPart()
    },
  }
}
