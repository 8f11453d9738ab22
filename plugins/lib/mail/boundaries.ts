/** The multiparts that a line of the message is inside of. */
export interface Boundaries {
  /** Goes one multipart deeper; without a boundary in the header, the first line that looks like one is it. */
  push(boundary: string | undefined, isDigest: boolean): void
  /** What a line is to them; acts on it: an opening line leaves the deeper multiparts, a closing one its own too. */
  read(line: Buffer): BoundaryLine | undefined
}

export type BoundaryLine = { readonly kind: 'close' } | { readonly kind: 'open'; readonly isDigest: boolean }

interface Multipart {
  boundary: string | undefined
  readonly isDigest: boolean
}

/** Multiparts inside multiparts are followed so deep; what lies deeper is read as plain text. */
const maxMultiparts = 50

/** RFC 2046 section 5.1.1 allows 70 characters; longer ones are seen. */
const longestLine = 200

const hyphen = 0x2d

export function createBoundaries(): Boundaries {
  const multiparts: Multipart[] = []

  function match(text: string): { readonly index: number; readonly isClosing: boolean } | undefined {
    for (const [index, multipart] of [...multiparts.entries()].toReversed()) {
      if (multipart.boundary === undefined && /^[^\s-]\S+$/.test(text)) multipart.boundary = text
      const { boundary } = multipart
      if (boundary === undefined || !text.startsWith(boundary)) continue
      if (text.length === boundary.length) return { index, isClosing: false }
      if (text.length === boundary.length + 2 && text.endsWith('--')) return { index, isClosing: true }
    }
    return undefined
  }

  return {
    push(boundary, isDigest) {
      if (multiparts.length < maxMultiparts) multiparts.push({ boundary, isDigest })
    },
    read(line) {
      if (line[0] !== hyphen || line[1] !== hyphen) return undefined
      if (multiparts.length === 0 || line.length > longestLine) return undefined
      const found = match(line.toString('latin1', 2).trimEnd())
      if (found === undefined) return undefined
      multiparts.length = found.isClosing ? found.index : found.index + 1
      if (found.isClosing) return { kind: 'close' }
      return { kind: 'open', isDigest: multiparts[found.index]?.isDigest === true }
    },
  }
}
