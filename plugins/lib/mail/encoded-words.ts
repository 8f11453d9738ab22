import { createCharsetDecoder } from './charset'
import { createTransferDecoder } from './transfer-encoding'

const word = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?/gi

/** An unstructured header as people read it: `=?utf-8?b?…?=` decoded (RFC 2047). */
export function withoutEncodedWords(text: string): string {
  return text.replace(word, (_all, charset: string, encoding: string, content: string) => {
    const isBase64 = encoding.toLowerCase() === 'b'
    const transfer = createTransferDecoder(isBase64 ? 'base64' : 'quoted-printable')
    const bytes = Buffer.from(isBase64 ? content : content.replaceAll('_', ' '), 'latin1')
    const decoder = createCharsetDecoder(charset)
    return decoder.write(Buffer.concat([transfer.write(bytes), transfer.end()])) + decoder.end()
  })
}
