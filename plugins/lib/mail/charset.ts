import { isAscii } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import { encodingExists, getDecoder } from 'iconv-lite'

/** Turns the bytes of a text into characters, piece by piece. */
export interface CharsetDecoder {
  write(bytes: Buffer): string
  end(): string
}

const utf8Names = new Set(['', 'utf-8', 'utf8', 'us-ascii', 'ascii', 'unicode-1-1-utf-8'])

/** An unknown charset is read as Latin-1: the ASCII in it, and so most hosts, stays what it is. */
export function createCharsetDecoder(charset: string): CharsetDecoder {
  const name = charset.trim().toLowerCase()
  if (utf8Names.has(name)) return createUtf8Decoder()
  if (encodingExists(name)) {
    const decoder = getDecoder(name)
    return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? '' }
  }
  try {
    const decoder = new TextDecoder(name) // knows ISO-2022-JP and others that iconv-lite does not
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
  } catch {
    return { write: (bytes) => bytes.toString('latin1'), end: () => '' }
  }
}

function createUtf8Decoder(): CharsetDecoder {
  const decoder = new StringDecoder('utf8')
  let isPending = false
  return {
    write(bytes) {
      if (!isPending && isAscii(bytes)) return bytes.toString('latin1') // twice as fast, and the usual case
      isPending = true
      return decoder.write(bytes)
    },
    end: () => decoder.end(),
  }
}
