import { createRandom } from '../../support/random'
/** What somebody sends, and how. */
export interface Sent {
  readonly ip: string
  readonly helo: string
  readonly from: string
  readonly to: readonly string[]
  /** As bytes of a file, each a character. */
  readonly message: string
}

/** A different message for each number, the same each time. */
export function createMessages(count: number): readonly Sent[] {
  const random = createRandom(20_240_917)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  return Array.from({ length: count }, (_, index) => {
    const subject = `Message ${index}`
    return {
      ip: pick(IPS),
      helo: pick(HELOS),
      from: pick(SENDERS),
      to: Array.from({ length: pick([1, 1, 1, 2, 3]) }, () => pick(RECIPIENTS)),
      message: `${pick(FROMS)}Subject: ${subject}\nMessage-ID: <${index}@${pick(ID_DOMAINS)}>\n${pick(BODIES)(pick)}`,
    }
  })
}

/** Listed, scored, allowed although listed, private, and unknown to all lists. */
const IPS = [
  ...['203.0.113.9', '203.0.113.10', '203.0.113.11', '2001:db8::1', '10.1.2.3'],
  ...['198.51.100.20', '198.51.100.21', '198.51.100.22', '192.0.2.66', '192.0.2.67'],
]
const HELOS = [
  ...['mail.example.org', 'mail.example.org', 'bad-helo.net', 'forbidden.example', '[198.51.100.20]'],
  ...['localhost', 'x', 'bücher.example', 'mx.gateway.test'],
]
const SENDERS = [
  ...['anna@example.org', 'anna@example.org', 'news@sender-bad.net', '', 'small@limited.example'],
  ...[
    '"odd one"@example.org',
    'anna@EXAMPLE.org',
    'no-domain',
    'bounce+tag@news.example.net',
    'jörg@example.org',
  ],
]
const RECIPIENTS = [
  ...['bob@here.test', 'bob@here.test', 'carol@here.test', 'postmaster@here.test', 'abuse@here.test'],
  ...['nobody@elsewhere.test', 'postmaster@mx.gateway.test', 'root@mx.gateway.test', 'tiny@here.test'],
  ...['dora@there.test', 'postmaster@elsewhere.test', 'bob@sub.there.test', 'bad address@here.test'],
]
const FROMS = [
  'From: Anna <anna@example.org>\n',
  'From: Anna <anna@example.org>\n',
  'From: "Your Bank" <service@bank.example>\n',
  'From: =?utf-8?q?J=C3=B6rg?= <joerg@bank.example>\n',
  'From: a@example.org\nFrom: b@example.org\n',
  '',
  'From : old@style.example\n',
  'From: J\xf6rg <joerg@latin.example>\n',
  'From: "unterminated <anna@example.org>\n',
]
const ID_DOMAINS = ['example.org', 'id-bad.net', 'localhost', 'news.example.net']
const LINKS = [
  'http://www.body-bad.net/offer',
  'https://uri-bad.net/x?y=z',
  'https://fine.example.com/',
  'mailto:someone@body-bad.net',
  'http://203.0.113.9/',
  'plain words and nothing else',
]

type Pick = <T>(items: readonly T[]) => T

const BODIES: readonly ((pick: Pick) => string)[] = [
  (pick) => `\nHello, see ${pick(LINKS)}\n`,
  (pick) => `Content-Type: text/html\n\n<p><a href="${pick(LINKS)}">here</a> ${pick(LINKS)}</p>\n`,
  (pick) =>
    `Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${Buffer.from(pick(LINKS)).toString('base64')}\n`,
  (pick) =>
    `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n${pick(LINKS)}\n--b\nContent-Type: text/html\n\n<a href=${pick(LINKS)}>\n`, // never closed
  () => 'Content-Type: multipart/alternative\n\n--nothing\n\x00\xff\xfe broken\n',
  (pick) => `Content-Transfer-Encoding: base64\n\n****not base64 ${pick(LINKS)}\n`,
  () => '\n.\n..\n.hidden dot\n\nFrom here on\n',
  (pick) =>
    `\n${'A line of eighty characters, more or less, to fill up a message.\n'.repeat(60)}${pick(LINKS)}`,
  () => `\n${'x'.repeat(2500)}\n`,
  (pick) => `No colon here\nand no header at all ${pick(LINKS)}`,
  () => '',
]
