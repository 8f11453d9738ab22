/** The four octets of an answer. */
export type Octets = readonly [number, number, number, number]

/**
 * Which answers one line of a code table speaks of, octet by octet:
 *
 *   127.0.0.2       that answer
 *   127.0.2-20.3    a range in any octet
 *   127.x.x.2       any value of an octet
 *   127.x.x.&8      answers with this bit set in the octet (bitmask lists)
 */
export interface CodePattern {
  matches(answer: Octets): boolean
  /** The bit of a bitmask line: one answer can then have several meanings. */
  readonly bit?: number
}

export function parseCodePattern(text: string): CodePattern {
  const parts = text.split('.').map(parseOctet)
  const [a, b, c, d] = parts
  if (!a || !b || !c || !d || parts.length !== 4) {
    throw new Error(`must be a return code such as 127.0.0.2 or 127.0.0.10-11, no octet above 255`)
  }
  return {
    matches: (answer) => a.fits(answer[0]) && b.fits(answer[1]) && c.fits(answer[2]) && d.fits(answer[3]),
    ...(d.bit === undefined ? {} : { bit: d.bit }),
  }
}

/** The octets of an IPv4 address, or undefined when the text is none. */
export function parseOctets(text: string): Octets | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const octets: Octets = [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4])]
  return octets.every((octet) => octet <= 255) ? octets : undefined
}

interface OctetPattern {
  fits(octet: number): boolean
  readonly bit?: number
}

function parseOctet(text: string): OctetPattern | undefined {
  if (text === 'x') return { fits: () => true }
  const bit = /^&(\d{1,3})$/.exec(text)
  if (bit) {
    const mask = Number(bit[1])
    return { fits: (octet) => (octet & mask) !== 0, bit: mask }
  }
  const range = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text)
  if (!range) return undefined
  const low = Number(range[1])
  const high = Number(range[2] ?? low)
  return high <= 255 && low <= high ? { fits: (octet) => octet >= low && octet <= high } : undefined
}
