import { SmtpError } from './error'

/** A server's answer (RFC 5321 4.2), its lines without code and enhanced code. */
export interface SmtpReply {
  /** 200 to 599 */
  readonly code: number
  /** `5.1.1` (RFC 2034), when the server gave one that fits the code. */
  readonly enhanced: string | undefined
  /** Raw text, one entry a line. It comes from another host: clean it before it goes anywhere. */
  readonly lines: readonly string[]
}

export interface ReplyReader {
  /** Replies that are complete with this chunk. Throws when the server does not speak SMTP. */
  read(chunk: Buffer): SmtpReply[]
  /** Nothing of a further reply has come in. */
  isEmpty(): boolean
}

/** RFC 5321 4.5.3.1.5 allows 512; some servers are wordier. */
const MAX_LINE_BYTES = 4096
const MAX_LINES = 200
const LF = 0x0a

export const isPositive = (reply: SmtpReply): boolean => reply.code >= 200 && reply.code < 300

/** The words of a reply in one line, its enhanced code included: for logs and for passing on. */
export function describeReply(reply: SmtpReply): string {
  return [reply.enhanced, ...reply.lines].filter(Boolean).join(' ')
}

export function createReplyReader(): ReplyReader {
  let rest: Buffer = Buffer.alloc(0)
  let lines: ReplyLine[] = []

  const add = (line: ReplyLine): SmtpReply | undefined => {
    if (line.code !== (lines[0] ?? line).code) throw new SmtpError('protocol', 'one reply with two codes')
    lines.push(line)
    if (lines.length > MAX_LINES) throw new SmtpError('protocol', `a reply of more than ${MAX_LINES} lines`)
    if (!line.last) return undefined
    const reply = toReply(lines)
    lines = []
    return reply
  }

  return {
    read(chunk) {
      const replies: SmtpReply[] = []
      rest = Buffer.concat([rest, chunk])
      for (let end = rest.indexOf(LF); end !== -1; end = rest.indexOf(LF)) {
        checkLength(end)
        const reply = add(parseReplyLine(rest.toString('utf8', 0, end)))
        if (reply) replies.push(reply)
        rest = rest.subarray(end + 1)
      }
      checkLength(rest.length)
      return replies
    },
    isEmpty: () => rest.length === 0 && lines.length === 0,
  }
}

interface ReplyLine {
  readonly code: number
  readonly last: boolean
  readonly text: string
}

function checkLength(bytes: number): void {
  if (bytes > MAX_LINE_BYTES)
    throw new SmtpError('protocol', `a reply line of more than ${MAX_LINE_BYTES} bytes`)
}

function parseReplyLine(line: string): ReplyLine {
  const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line.replace(/\r$/, ''))
  if (!match) throw new SmtpError('protocol', 'not an SMTP reply')
  const [, code, separator, text = ''] = match
  return { code: Number(code), last: separator !== '-', text }
}

function toReply(lines: readonly ReplyLine[]): SmtpReply {
  const code = lines[0]?.code ?? 0
  const enhanced = enhancedCode(lines[0]?.text ?? '')
  const fits = enhanced?.startsWith(String(code).slice(0, 1))
  return {
    code,
    enhanced: fits ? enhanced : undefined,
    lines: lines.map(({ text }) =>
      (fits && enhancedCode(text) === enhanced ? text.slice(enhanced?.length) : text).trim(),
    ),
  }
}

const enhancedCode = (text: string): string | undefined => /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(text)?.[0]
