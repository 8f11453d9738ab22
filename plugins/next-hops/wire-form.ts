import { Transform } from 'node:stream'

const LF = 0x0a
const CR = 0x0d
const DOT = 0x2e

/**
 * From the form of a queue file to the form a message travels in: dots are stuffed in the header, too, and the
 * final dot comes at its end (RFC 5321 4.5.2). Lines end in CRLF already.
 */
export function createWireForm(): Transform {
  let rest: Buffer = Buffer.alloc(0)
  let inHeader = true
  let last: Buffer = Buffer.alloc(0)
  const note = (piece: Buffer): Buffer => {
    if (piece.length > 0) last = piece.subarray(-1)
    return piece
  }
  const header = (chunk: Buffer): Buffer => {
    rest = Buffer.concat([rest, chunk])
    const pieces: Buffer[] = []
    let start = 0
    for (let end = rest.indexOf(LF); end !== -1 && inHeader; end = rest.indexOf(LF, start)) {
      if (rest[start] === DOT) pieces.push(Buffer.from('.'))
      pieces.push(rest.subarray(start, end + 1))
      inHeader = !(end === start || (end === start + 1 && rest[start] === CR))
      start = end + 1
    }
    rest = rest.subarray(start)
    if (!inHeader) {
      pieces.push(rest)
      rest = Buffer.alloc(0)
    }
    return Buffer.concat(pieces)
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, note(inHeader ? header(chunk) : chunk))
    },
    flush(done) {
      if (rest.length > 0) this.push(note(rest[0] === DOT ? Buffer.concat([Buffer.from('.'), rest]) : rest))
      done(null, Buffer.from(last.length === 0 || last[0] === LF ? '.\r\n' : '\r\n.\r\n'))
    },
  })
}
