import { randomUUID } from 'node:crypto'

export interface MessageOptions {
  readonly sender: string
  readonly name: string | undefined
  readonly hostname: string
  readonly date: Date
  readonly ignoreDots: boolean
}

export interface LocalMessage {
  /** Lines end in CRLF, dots are stuffed, the last line is the lone dot. */
  readonly wire: Buffer
  /** Of To, Cc and Bcc, as written there. */
  readonly recipients: readonly string[]
}

const latin1 = 'latin1'

/**
 * A message as local programs write it, made fit for SMTP: From, Date and Message-ID are added when they are
 * missing (RFC 6409 8), Bcc is taken out, line ends become CRLF. Bytes stay as they are.
 */
export function parseLocalMessage(input: Buffer, options: MessageOptions): LocalMessage {
  const lines = linesOf(input, options.ignoreDots)
  const end = lines.findIndex((line, index) => !isHeaderLine(line, index))
  const headerEnd = end === -1 ? lines.length : end
  const fields = unfold(lines.slice(0, headerEnd))
  const body = lines.slice(lines[headerEnd] === '' ? headerEnd + 1 : headerEnd)
  const named = (names: readonly string[]): string[] =>
    fields.filter((field) => names.includes(nameOf(field)))
  const kept = fields.filter((field) => nameOf(field) !== 'bcc')
  const added = missingFields(new Set(fields.map(nameOf)), options)
  const all = [...added, ...kept].flatMap((field) => field.split('\n'))
  const wire = [...all, '', ...body].map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`)
  return {
    wire: Buffer.from(`${wire.join('')}.\r\n`, latin1),
    recipients: named(['to', 'cc', 'bcc']).flatMap((field) =>
      addressesOf(field.slice(field.indexOf(':') + 1)),
    ),
  }
}

/** Without -i a lone dot ends the message, as it does when somebody types it. */
function linesOf(input: Buffer, ignoreDots: boolean): string[] {
  const lines = input.toString(latin1).split(/\r?\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  const dot = ignoreDots ? -1 : lines.indexOf('.')
  return dot === -1 ? lines : lines.slice(0, dot)
}

/** The `From ` line of a mailbox counts as none. */
const isHeaderLine = (line: string, index: number): boolean =>
  /^[^\s:]+[ \t]*:/.test(line) || (index > 0 && /^[ \t]+\S/.test(line))

function unfold(lines: readonly string[]): string[] {
  const fields: string[] = []
  for (const line of lines) {
    const last = fields.length - 1
    if (/^[ \t]/.test(line) && last >= 0) fields[last] = `${fields[last] ?? ''}\n${line}`
    else fields.push(line)
  }
  return fields
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).trim().toLowerCase()

function missingFields(present: ReadonlySet<string>, options: MessageOptions): string[] {
  const { sender, name, hostname, date } = options
  const author = sender === '' ? `MAILER-DAEMON@${hostname}` : sender
  const from = name === undefined ? author : `${quoted(name)} <${author}>`
  const all = {
    from: `From: ${from}`,
    date: `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'message-id': `Message-ID: <${randomUUID()}@${hostname}>`,
  }
  return Object.entries(all).flatMap(([field, line]) => (present.has(field) ? [] : [line]))
}

/** A name in ASCII, which cannot end its line or itself. */
const quoted = (name: string): string => `"${name.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`

/** The addresses of a field: `a@b.example`, `root`, `Anna <a@b.example>`, `Group: a, b;` (RFC 5322 3.4). */
export function addressesOf(value: string): string[] {
  const bare = withoutCommentsAndQuotes(value.replace(/\r?\n/g, ' '))
  return bare
    .split(/[,;]/)
    .map((part) => /<([^<>]*)>/.exec(part)?.[1] ?? part.slice(part.lastIndexOf(':') + 1))
    .map((address) => address.trim())
    .filter((address) => address !== '')
}

/** A quoted name may hold commas, and a comment anything; a quoted local part stays. */
function withoutCommentsAndQuotes(text: string): string {
  let depth = 0
  const tokens = text.match(/"(?:[^"\\]|\\.)*"@?|\\.|[()"\\]|[^"\\()]+/g) ?? []
  return tokens
    .filter((token) => {
      if (token === '(') depth += 1
      const isKept = depth === 0 && (!token.startsWith('"') || token.endsWith('@'))
      if (token === ')' && depth > 0) depth -= 1
      return isKept
    })
    .join('')
}
