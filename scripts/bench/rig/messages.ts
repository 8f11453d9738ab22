import { linkDomain } from './identities'

/** 2 kB of text with 3 links; 40 kB with 60 links to 20 domains; 1 MB with a base64 attachment. */
export const messageKinds = ['plain', 'newsletter', 'attachment'] as const
export type MessageKind = (typeof messageKinds)[number]

export interface Message {
  /** As it travels: CRLF, dots stuffed, the final dot at its end. */
  readonly wire: Buffer
  /** Different domains in its links. */
  readonly domains: number
  /** Sets the domains of the links by their numbers, in place. */
  setDomains(numberOf: (slot: number) => number): void
}

export interface MessageOptions {
  readonly kind: MessageKind
  /** Instead of those of the kind. */
  readonly links?: number
  readonly domains?: number
}

const COUNTS: Record<MessageKind, { readonly links: number; readonly domains: number }> = {
  plain: { links: 3, domains: 3 },
  newsletter: { links: 60, domains: 20 },
  attachment: { links: 3, domains: 3 },
}

export function createMessage({ kind, ...counts }: MessageOptions): Message {
  const { links, domains } = { ...COUNTS[kind], ...counts }
  // Names have one length, so that numbers can be written over each other.
  const host = (link: number): string => `${link % 2 === 0 ? '' : 'click.'}${slotName(link % domains)}`
  const urls = Array.from({ length: links }, (_, link) => `https://${host(link)}/offer/${link}/view`)
  const wire = Buffer.from(`${WRITERS[kind](urls).replaceAll('\n', '\r\n')}\r\n.\r\n`)
  const places = Array.from({ length: domains }, (_, slot) => findAll(wire, slotName(slot)))
  return {
    wire,
    domains,
    setDomains(numberOf) {
      for (const [slot, offsets] of places.entries()) {
        const name = linkDomain(numberOf(slot))
        for (const offset of offsets) wire.write(name, offset, 'latin1')
      }
    },
  }
}

/** Above all numbers of a run. */
const slotName = (slot: number): string => linkDomain(36 ** 7 - 1 - slot)

function findAll(wire: Buffer, name: string): number[] {
  const offsets: number[] = []
  for (let at = wire.indexOf(name); at !== -1; at = wire.indexOf(name, at + name.length)) offsets.push(at)
  return offsets
}

const WRITERS: Record<MessageKind, (urls: readonly string[]) => string> = {
  plain: (urls) => `${header('text/plain; charset=utf-8', '8bit')}\n${prose(1300, urls)}`,
  // In one part: haraka-plugin-uribl 2.0.0 sees no link in multipart messages, and would have nothing to do.
  newsletter: (urls) =>
    `${header('text/html; charset=utf-8', 'quoted-printable')}\n${quotedPrintable(newsletterHtml(37_000, urls))}`,
  attachment: (urls) =>
    [
      header('multipart/mixed; boundary="=_mixed"', '7bit'),
      part('mixed', 'text/plain; charset=utf-8', '7bit', prose(1300, urls)),
      part('mixed', 'application/pdf; name="report.pdf"', 'base64', base64(990_000)),
      '--=_mixed--',
    ].join('\n'),
}

const part = (boundary: string, type: string, encoding: string, body: string): string =>
  `--=_${boundary}\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n`

function header(type: string, encoding: string): string {
  const received = ['mx2.relay-mail.org', 'app7.relay-mail.org'].map(
    (name) => `Received: from ${name} (${name} [192.0.2.7])
\tby mx1.relay-mail.org (Postfix) with ESMTPS id 4XyZ1a2B3c
\tfor <user@here.test>; Tue, 14 Jan 2025 09:26:53 +0000 (UTC)`,
  )
  return `${received.join('\n')}
Date: Tue, 14 Jan 2025 09:26:53 +0000
From: =?UTF-8?Q?Caf=C3=A9_am_Markt?= <news@markt-cafe.org>
To: Anna Nowak <user@here.test>
Subject: =?UTF-8?Q?Neues_aus_dem_Caf=C3=A9_am_Markt?=
Message-ID: <20250114092653.4711@markt-cafe.org>
List-Unsubscribe: <https://markt-cafe.org/u/4711>
MIME-Version: 1.0
Content-Type: ${type}
Content-Transfer-Encoding: ${encoding}
`
}

const WORDS =
  'the new season begins with fresh coffee from small farms and we would like to invite you to taste it at our house on the market square where the old mill stood until last year'.split(
    ' ',
  )

/** Lines of words, and the links among them. */
function prose(bytes: number, urls: readonly string[]): string {
  const lines: string[] = []
  const every = Math.max(1, Math.floor(bytes / 66 / Math.max(1, urls.length)))
  const waiting = [...urls]
  for (let length = 0, line = 0; length < bytes || waiting.length > 0; line++) {
    const words = Array.from({ length: 12 }, (_, index) => WORDS[(line * 7 + index * 3) % WORDS.length])
    lines.push(words.join(' '))
    if (line % every === 0) lines.push(waiting.shift() ?? '')
    length += 66
  }
  return lines.join('\n')
}

function newsletterHtml(bytes: number, urls: readonly string[]): string {
  const cells = urls.map(
    (url, index) => `<td class="c${index % 4}" style="padding:12px;font-family:Arial,sans-serif">
<a href="${url}" target="_blank"><img src="${url}.png" width="280" height="180" alt="Angebot ${index}"></a>
<p style="color:#333333;line-height:1.4">Schöne Dinge für den Frühling: ${WORDS.slice(index % 9).join(' ')}</p></td>`,
  )
  const page = `<html><head><style>.c0{color:#222222}a{text-decoration:none}</style></head><body><table><tr>
${cells.join('\n</tr><tr>\n')}
</tr></table>`
  const filler =
    '<p style="margin:0;padding:0">Alle Preise inklusive Mehrwertsteuer, nur solange vorrätig.</p>\n'
  return `${page}\n${filler.repeat(Math.max(0, Math.ceil((bytes - page.length) / filler.length)))}</body></html>`
}

/** RFC 2045 6.7, with soft breaks that split no link: names are written over later. */
function quotedPrintable(text: string): string {
  const encoded = text.replaceAll(/[^\n\x20-\x3c\x3e-\x7e]/gu, (character) =>
    Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '=$&'),
  )
  return encoded
    .split('\n')
    .flatMap((line) => softLines(line))
    .join('\n')
}

function softLines(line: string): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > 76) {
    const space = rest.lastIndexOf(' ', 74)
    const end = space > 0 ? space + 1 : 60
    lines.push(`${rest.slice(0, end)}=`)
    rest = rest.slice(end)
  }
  return [...lines, rest]
}

/** The same in each run, and without any pattern. */
function base64(bytes: number): string {
  let state = 1
  const data = Buffer.alloc(Math.floor((bytes / 78) * 57))
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    data[index] = state >>> 16
  }
  return data.toString('base64').replaceAll(/.{76}/g, '$&\n')
}
