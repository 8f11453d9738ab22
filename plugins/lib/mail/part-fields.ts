import type { PartFields } from './part-kind'

export interface FieldReader {
  /** Takes a line of a header: part of a field, the blank line at its end, or no header at all. */
  line(line: Buffer): 'field' | 'blank' | 'text'
  /** The fields read so far; starts anew. */
  take(): PartFields & { readonly subject: string }
}

const wanted = /^(content-type|content-transfer-encoding|content-disposition|subject)[\t ]*:/i

/** A field is kept up to here; the rest of it is passed over. */
const longestField = 16 * 1024

/** Keeps the few fields of a header that say what a part is. Of equal fields the first counts. */
export function createFieldReader(): FieldReader {
  let found = new Map<string, string>()
  let current: string | undefined

  function continueField(line: Buffer): void {
    if (current === undefined) return
    const text = found.get(current) ?? ''
    if (text.length < longestField) {
      found.set(current, `${text} ${line.toString('latin1', 0, longestField).trim()}`)
    }
  }

  function startField(line: Buffer): void {
    const text = line.toString('latin1', 0, longestField)
    const name = wanted.exec(text)?.[1]?.toLowerCase()
    current = name === undefined || found.has(name) ? undefined : name
    if (current !== undefined) found.set(current, text.slice(text.indexOf(':') + 1).trim())
  }

  return {
    line(line) {
      if (isBlank(line)) return 'blank'
      if (line[0] === 0x20 || line[0] === 0x09) continueField(line)
      else if (looksLikeField(line)) startField(line)
      else return 'text'
      return 'field'
    },
    take() {
      const fields = {
        contentType: found.get('content-type') ?? '',
        transferEncoding: found.get('content-transfer-encoding') ?? '',
        disposition: found.get('content-disposition') ?? '',
        subject: found.get('subject') ?? '',
      }
      found = new Map()
      current = undefined
      return fields
    },
  }
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || line[0] === 0x0a || (line[0] === 0x0d && line[1] === 0x0a)
}

/** A name of printable characters and a colon (RFC 5322 section 2.2); `From ` and `>From ` of mailboxes pass too. */
function looksLikeField(line: Buffer): boolean {
  return /^(?:[^\s:]+[\t ]*:|>?From )/.test(line.toString('latin1', 0, 200))
}
