import { Transform } from 'node:stream'

const LF = Buffer.from('\n')
const DOT = 0x2e
const CR = 0x0d

/**
 * From the form a message travels in to the form it is stored in: stuffed dots and the final dot go
 * (RFC 5321 4.5.2), CRLF becomes LF. Fails for a message that ends without its final dot.
 */
export function createLocalForm(): Transform {
  let rest: Buffer = Buffer.alloc(0)
  let complete = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const lines: Buffer[] = []
      let start = 0
      for (let end = rest.indexOf(LF); end !== -1 && !complete; end = rest.indexOf(LF, start)) {
        const line = withoutDot(rest.subarray(start, end > start && rest[end - 1] === CR ? end - 1 : end))
        if (line) lines.push(line, LF)
        else complete = true
        start = end + 1
      }
      rest = rest.subarray(start)
      done(null, Buffer.concat(lines))
    },
    flush(done) {
      done(complete ? null : new Error('the message broke off'))
    },
  })
}

/** The line as it was before dot-stuffing; undefined for the lone dot that ends the message. */
function withoutDot(line: Buffer): Buffer | undefined {
  if (line[0] !== DOT) return line
  return line.length === 1 ? undefined : line.subarray(1)
}
