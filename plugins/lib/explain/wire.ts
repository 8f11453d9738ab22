/** A message as it travels over SMTP. */
export interface WireMessage {
  /** Lines end in CRLF, dots are stuffed (RFC 5321 4.5.2), the last line is the lone dot. */
  readonly bytes: Buffer
  /** As RFC 1870 counts: without stuffed dots and the lone dot. */
  readonly size: number
  readonly isEightBit: boolean
}

/** From a file, whose lines may end in LF. A lone CR stays what it is. */
export function toWire(message: Buffer): WireMessage {
  const text = message.toString('latin1')
  const lines = text.endsWith('\n') || text === '' ? text : `${text}\n`
  const crlf = lines.replace(/\r?\n/g, '\r\n')
  return {
    bytes: Buffer.from(`${crlf.replace(/(^|\n)\./g, '$1..')}.\r\n`, 'latin1'),
    size: crlf.length,
    isEightBit: /[\x80-\xff]/.test(text),
  }
}
