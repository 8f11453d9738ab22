/** What one method said about a message, as in an Authentication-Results field (RFC 8601). */
export interface MethodResult {
  readonly method: string
  readonly result: string
  /** Words and `p=reject`; no parentheses. */
  readonly comment?: string
  /** `header.d`, `smtp.mailfrom`, ...; those without a value are left out. */
  readonly properties: Readonly<Record<string, string | undefined>>
}

export function formatResult({ method, result, comment, properties }: MethodResult): string {
  const written = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${formatValue(value)}`],
  )
  return [`${method}=${result}`, ...(comment === undefined ? [] : [`(${comment})`]), ...written].join(' ')
}

/** RFC 5321 allows 255 octets in a domain; a longer value is of use to nobody and must not fill the line. */
const maxValueLength = 255

/** Values come from the message: ASCII of one line, quoted unless a token of RFC 2045, `@` apart. */
function formatValue(value: string): string {
  const ascii = value.replace(/[^\x20-\x7e]/g, '?').slice(0, maxValueLength)
  return /^[\w.@+-]+$/.test(ascii) ? ascii : `"${ascii.replace(/["\\]/g, String.raw`\$&`)}"`
}

/** Results that other plugins have recorded: `field` is what Haraka's `auth_results` returns. */
export function parseResults(field: string): MethodResult[] {
  return field.split(';\r\n\t').flatMap((entry) => {
    const [, method, result] = /^(\w[\w-]*)=(\w+)/.exec(entry) ?? []
    if (method === undefined || result === undefined) return []
    const properties = [...entry.matchAll(/ (\w+\.\w+)=("?)([^\s";]+)\2/g)].map(([, name = '', , value]) => [
      name,
      value,
    ])
    return [
      {
        method: method.toLowerCase(),
        result: result.toLowerCase(),
        properties: Object.fromEntries(properties) as MethodResult['properties'],
      },
    ]
  })
}
