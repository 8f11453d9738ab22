import { hexDigit } from './percent-encoding'

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable'

/** Undoes a transfer encoding piece by piece; a piece ends anywhere. */
export interface TransferDecoder {
  write(bytes: Buffer): Buffer
  end(): Buffer
}

const nothing = Buffer.alloc(0)

export function createTransferDecoder(encoding: TransferEncoding): TransferDecoder {
  switch (encoding) {
    case 'identity':
      return { write: (bytes) => bytes, end: () => nothing }
    case 'base64':
      return createBase64Decoder()
    case 'quoted-printable':
      return createQuotedPrintableDecoder()
  }
}

/** RFC 2045 section 6.8: whatever is not in the alphabet is passed over. Padding in the middle starts a new group. */
function createBase64Decoder(): TransferDecoder {
  let rest = ''
  const decode = (text: string): Buffer => {
    if (!text.includes('=')) return Buffer.from(text, 'base64')
    return Buffer.concat(text.split(/=+/).map((group) => Buffer.from(group, 'base64')))
  }
  return {
    write(bytes) {
      const text = rest + bytes.toString('latin1').replace(/[^\w+/=-]+/g, '')
      const padding = text.lastIndexOf('=') + 1
      const whole = text.length - ((text.length - padding) % 4)
      rest = text.slice(whole)
      return decode(text.slice(0, whole))
    },
    end: () => decode(rest),
  }
}

/** RFC 2045 section 6.7; malformed escapes stay as they are. */
function createQuotedPrintableDecoder(): TransferDecoder {
  let rest: Buffer = nothing
  return {
    write(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      const cut = unfinishedEscape(all)
      rest = all.subarray(cut)
      return decodeQuotedPrintable(all.subarray(0, cut))
    },
    end: () => decodeQuotedPrintable(rest),
  }
}

const equals = 0x3d

/** Where an escape begins that the end of the piece cuts through; the length of the piece if none does. */
function unfinishedEscape(bytes: Buffer): number {
  const at = bytes.lastIndexOf(equals)
  return at >= 0 && at >= bytes.length - 2 && !bytes.includes(0x0a, at) ? at : bytes.length
}

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  let escape = bytes.indexOf(equals)
  if (escape < 0) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let from = 0
  while (escape >= 0) {
    length += bytes.copy(out, length, from, escape)
    from = escape + 1
    const softBreak = endOfSoftBreak(bytes, from)
    const octet = hexDigit(bytes[from] ?? NaN) * 16 + hexDigit(bytes[from + 1] ?? NaN)
    if (softBreak > 0) from = softBreak
    else if (Number.isNaN(octet)) out[length++] = equals
    else {
      out[length++] = octet
      from += 2
    }
    escape = bytes.indexOf(equals, from)
  }
  length += bytes.copy(out, length, from)
  return out.subarray(0, length)
}

/** Position after blanks and a line end, or 0. */
function endOfSoftBreak(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  if (bytes[at] === 0x0d) at++
  return bytes[at] === 0x0a ? at + 1 : 0
}
