import assert from 'node:assert/strict'
import { parseListFile } from '../../plugins/lib/lists/list-file'
import { createQuestion, decodeReply, encodeQuery } from '../../plugins/lib/dns/codec'
import { parseSettings } from '../../plugins/lib/settings/parse'
import { createMarkFrom } from '../../plugins/mark-from/mark'
import { found } from '../../test/lib/mail/messages'
import { decodeQuery, encodeReply, type Reply } from '../../test/support/dns-message'
import { below, mutate, pick, type Random } from './mutate'

/** Tries one input; throws when something is wrong with what comes back. */
export type Attempt = (random: Random) => void | Promise<void>

const question = createQuestion('2.0.0.127.bl.test', 'A')
const query = question && decodeQuery(encodeQuery(1, question, true))
const replies: readonly Reply[] = [
  { answers: [{ type: 'A', value: '127.0.0.2' }] },
  {
    answers: [
      { type: 'CNAME', value: 'a.bl.test' },
      { type: 'A', name: 'a.bl.test', value: '127.0.0.4' },
    ],
  },
  { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
  { answers: Array.from({ length: 20 }, (_, last) => ({ type: 'A', value: `127.0.0.${last + 2}` })) },
]

export const dns: Attempt = (random) => {
  if (!question || !query) throw new Error('no question')
  const reply = decodeReply(
    mutate(random, encodeReply(pick(random, replies), query), ['\xc0\x0c', '\0', '\xff\xff']),
    question,
  )
  if (reply?.kind !== 'answer') return
  assert.ok(Number.isSafeInteger(reply.answer.ttlSeconds) && reply.answer.ttlSeconds >= 0)
}

const messages = [
  'Subject: =?utf-8?Q?see_a.example.net?=\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3D"http://b.example.net/%41?u=3Dhttps%3A%2F%2Fc.example.org">x</a><style>url(//d.example.com)</style>\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naHR0cDovL2UuZXhhbXBsZS5uZXQv\r\n--b--\r\n',
  'Content-Type: message/rfc822\r\n\r\nSubject: y\r\nContent-Type: text/plain; charset=utf-16\r\n\r\nhttp://192.0.2.1/ http://[2001:db8::1]/ a@b.example.net\r\n',
].map((text) => Buffer.from(text))
const mailWords = [
  '--b\r\n',
  '\r\n\r\n',
  '<',
  '"',
  '=',
  '&#x2e;',
  'http://',
  '\0',
  '%25',
  '=?utf-8?B?',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  '<!--',
  '.',
  '@',
  '中',
]

export const body: Attempt = (random) => {
  for (const name of found(mutate(random, pick(random, messages), mailWords)).names)
    assert.ok(name.length > 0 && name.length <= 255 && !/\s/.test(name), JSON.stringify(name))
}

const context = { configDir: '.', hostname: 'gw.example', checks: [] }
const parsed = parseSettings('mark_from: { enabled: true }\n', '', context)
const markFrom = parsed.kind === 'ok' ? createMarkFrom(parsed.settings.mark_from, ['here.net']) : undefined
const fields = [
  '"Your Bank" <info@bank.example>',
  '=?utf-8?B?w7xiZXI=?= <a@b.example>, Group: x@y.example;',
  '(c) a@b.example (d)',
].map((text) => Buffer.from(text))
const fromWords = [
  '"',
  '\\',
  '(',
  ')',
  '<',
  '>',
  ',',
  ';',
  ':',
  '@',
  '\r\n ',
  '=?utf-8?Q?',
  '?=',
  '\0',
  'ü',
  '\u202e',
]

export const from: Attempt = (random) => {
  if (!markFrom) throw new Error('no settings')
  const count = 1 + below(random, 2)
  const given = Array.from({ length: count }, () =>
    mutate(random, pick(random, fields), fromWords).toString(pick(random, ['utf8', 'latin1'])),
  )
  const outcome = markFrom({
    fields: given,
    sender: { host: 'sender.example', source: 'envelope' },
    recipientDomains: ['here.net'],
  })
  if (outcome.kind !== 'marked') return
  for (const value of outcome.values) assert.doesNotMatch(value ?? '', /\r(?!\n)|(?<!\r)\n|\r\n(?![ \t])|\0/)
}

const settingsText = Buffer.from(
  'listen: { address: "::", smtp: true, other: [2525] }\nnext_hops:\n  example.com: { host: 192.0.2.1, port: 25 }\nmessage_size: { limit: 1000, senders: { "@a.example": 5 } }\nip_blocklists: { custom: [bl.example, { zone: x.example, codes: { 127.0.0.2: note } }] }\n',
)
const yamlWords = [
  ': ',
  '- ',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '{',
  '}',
  '[',
  '\n',
  '\t',
  '"',
  "'",
  '|\n',
  '__proto__: ',
  '1e400',
  '~',
  '\u0000',
  '%YAML 1.1\n---\n',
]

export const settings: Attempt = (random) => {
  const result = parseSettings(
    mutate(random, settingsText, yamlWords).toString(),
    mutate(random, Buffer.from('users: {}\n'), yamlWords).toString(),
    context,
  )
  if (result.kind === 'ok') assert.ok(Object.isFrozen(result.settings))
  else assert.ok(result.errors.length > 0)
}

const list = Buffer.from(
  '# comment\n192.0.2.1\n198.51.100.0/24 2030-01-01\n2001:db8::/32\n.example.com\nbücher.example\n',
)
const listWords = ['/', '.', ':', '::', '\n', '\r', '\0', '#', '-', '999999999999', 'xn--', '@']

export const lists: Attempt = async (random) => {
  const file = await parseListFile(mutate(random, list, listWords))
  assert.ok(file.badLineCount >= file.badLines.length)
  file.entries.find({ kind: 'ip', ip: '192.0.2.1' })
  file.entries.find({ kind: 'name', name: 'a.example.com' })
}
