import { Transform } from 'node:stream'

const PIECE_BYTES = 64 * 1024

/**
 * Haraka hands a message over line by line. Sockets and disks get larger pieces: a megabyte of single lines
 * costs a third of a second.
 */
export function createPieces(): Transform {
  let lines: Buffer[] = []
  let bytes = 0
  const take = (): Buffer => {
    const piece = Buffer.concat(lines)
    lines = []
    bytes = 0
    return piece
  }
  return new Transform({
    // Lines are many and small: a high mark keeps their writer from waiting for each piece.
    writableHighWaterMark: PIECE_BYTES,
    transform(line: Buffer, _encoding, done) {
      lines.push(line)
      bytes += line.length
      if (bytes >= PIECE_BYTES) this.push(take())
      done()
    },
    flush(done) {
      this.push(take())
      done()
    },
  })
}
