/** A value with parameters, as in Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231). */
export interface HeaderValue {
  /** Lower case, without comments and blanks. */
  readonly value: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const parameter = /;\s*([^\s=;*]+)(?:\*\d*\*?)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s;]*))/g

/** Takes what it can read; whatever is malformed is left out. The first of equal parameters counts. */
export function parseHeaderValue(text: string): HeaderValue {
  const semicolon = text.indexOf(';')
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).replace(/\([^()]*\)|\s+/g, '').toLowerCase()
  const parameters = new Map<string, string>()
  if (semicolon >= 0) {
    for (const [, name = '', quoted, plain] of text.slice(semicolon, semicolon + 4096).matchAll(parameter)) {
      const key = name.toLowerCase()
      if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
    }
  }
  return { value, parameters }
}
