/** Longest name in text form and longest label (RFC 1035 section 2.3.4). */
const maxNameLength = 253
const maxLabelLength = 63
const dot = 0x2e

/** Only letters, digits, `-` and `_`, in lower case: reads in the message as it is written here. */
export const isPlainName = (name: string): boolean => /^[a-z0-9_.-]*$/.test(name)

/**
 * A name in wire form with room for so many bytes behind it, or undefined when no such name can be asked: empty or long labels, a long name,
 * white space, control or non-ASCII characters. The root is the empty name.
 */
export function encodeName(name: string, room = 0): Buffer | undefined {
  if (name.length > maxNameLength) return undefined
  // The wire form is the text moved by one byte, with lengths where the dots are.
  const bytes = Buffer.allocUnsafe(name === '' ? 1 + room : name.length + 2 + room)
  if (name === '') {
    bytes[0] = 0
    return bytes
  }
  let lengthAt = 0
  for (let at = 0; at <= name.length; at++) {
    const code = at === name.length ? dot : name.charCodeAt(at)
    if (code === dot) {
      const length = at - lengthAt
      if (length === 0 || length > maxLabelLength) return undefined
      bytes[lengthAt] = length
      lengthAt = at + 1
    } else if (code <= 0x20 || code >= 0x7f) return undefined
    else bytes[at + 1] = code
  }
  bytes[name.length + 1] = 0
  return bytes
}

export interface ReadName {
  /** Lower case, no trailing dot; the root is the empty name. */
  readonly name: string
  /** Where the message goes on. */
  readonly next: number
}

/** The name at this place of a message, or undefined when there is none. */
export function readName(message: Buffer, start: number): ReadName | undefined {
  const labels: string[] = []
  let at = start
  let next: number | undefined
  // A pointer may only point before the run of labels it ends (RFC 1035 section 4.1.4), so that it cannot loop.
  let runStart = start
  let length = 0
  for (;;) {
    const byte = message[at]
    if (byte === undefined) return undefined
    if (byte === 0) return { name: labels.join('.'), next: next ?? at + 1 }
    if (byte <= maxLabelLength) {
      const end = at + 1 + byte
      length += 1 + byte
      if (end > message.length || length > maxNameLength + 1) return undefined
      labels.push(readLabel(message, at + 1, end))
      at = end
    } else {
      const low = message[at + 1]
      if (byte < 0xc0 || low === undefined) return undefined
      next ??= at + 2
      at = ((byte & 0x3f) << 8) | low
      if (at >= runStart) return undefined
      runStart = at
    }
  }
}

/** Where the message goes on after the name at this place, whose end may be elsewhere; undefined when it is cut off. */
export function skipName(message: Buffer, start: number): number | undefined {
  let at = start
  for (;;) {
    const byte = message[at]
    if (byte === undefined) return undefined
    if (byte === 0) return at + 1
    if (byte >= 0xc0) return at + 2 <= message.length ? at + 2 : undefined
    if (byte > maxLabelLength) return undefined
    at += 1 + byte
  }
}

const unusual = /[^\w-]/g

/** What no host name holds becomes `\DDD` (RFC 1035 section 5.1): no label passes for several. */
function readLabel(message: Buffer, start: number, end: number): string {
  const label = message.toString('latin1', start, end)
  return label.toLowerCase().replace(unusual, (char) => `\\${char.charCodeAt(0).toString().padStart(3, '0')}`)
}
