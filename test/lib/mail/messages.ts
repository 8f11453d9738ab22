import type { BodyName, BodyNamesOptions, Capped } from '../../../plugins/lib/mail'
import { createBodyNames } from '../../../plugins/lib/mail'

export function textMessage(text: string): string {
  return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}\r\n`
}

export function htmlMessage(html: string): string {
  return `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${html}\r\n`
}

export interface Found extends Capped {
  readonly names: string[]
  readonly items: BodyName[]
}

/** The lines of a message as they come from the wire. */
export function linesOf(message: string | Buffer): Buffer[] {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message
  const lines: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
    lines.push(bytes.subarray(from, at + 1))
    from = at + 1
  }
  if (from < bytes.length) lines.push(bytes.subarray(from))
  return lines
}

/** Everything that is found in a message, in the order in which it is handed on. */
export function found(message: string | Buffer, options: Partial<BodyNamesOptions> = {}): Found {
  const items: BodyName[] = []
  const body = createBodyNames({ onName: (item) => items.push(item), ...options })
  for (const line of linesOf(message)) body.addLine(line)
  const capped = body.end()
  return { ...capped, items, names: items.map((item) => (item.kind === 'ip' ? item.ip : item.name)) }
}
