import { createRandom } from '../support/random'
import { examples } from './examples'

/** Fields that break parsers, to start from. */
const seeds: readonly string[] = [
  ...examples.map(([from]) => from),
  'Team: "A" <a@x.com>, b@y.org (B);',
  'Undisclosed:;',
  '<@relay.example,@other.example:user@host.com>',
  'joe . doe @ example . com',
  '"unterminated <info@bank.com>',
  'Bank (nested (comment) \\) here) <info@bank.com> tail',
  '"john doe"@x.com',
  '"a\\"b@c"@x.com (\\( odd)',
  'info@bank.com@evil.net',
  '\u202egro.knab\u202c <x@evil.net>',
  '👩‍👩‍👧 Ünïcödé Nämé, viel länger als in eine Zeile passt, ganz bestimmt <jörg@bücher.de>',
  'x@[192.0.2.1], "v6" <y@[IPv6:2001:db8::1]>',
  `"${'long name '.repeat(12)}" <${'l'.repeat(70)}@example.org>`,
  '=?utf-8?Q?a=2C?= "b" =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= c\0d\xa0e <f@g.co.uk>',
  'A\r\n\tfolded\r\n name\r\n <a@b.com>',
]

const alphabet = [
  ...Array.from('"\\()<>@,;:.[]=?_- \t\0\x7f\xa0ab'),
  '\r\n ',
  '\n',
  '\r',
  '=?utf-8?Q?',
  '?=',
  '=?x?B?//8=?=',
  '=?utf-8?Q?=3C=40=22?=',
  ' via bank.com',
  '<a@b.c>',
  '\u200d',
  '\u202e',
  '\u3164',
  '😀',
  'é',
  '\ufffd',
  '\ud800',
  '"@"',
  ', ',
  'x'.repeat(90),
]

const hosts = [
  'evil.net',
  'shop.com',
  'bounce.x.com',
  '[192.0.2.1]',
  'xn--bcher-kva.de',
  `${'a'.repeat(60)}.${'b'.repeat(20)}.co.uk`,
]

/** Fields with one to six changes each, and the envelope host they come with. */
export function* mutations(count: number, seed: number): Generator<readonly [field: string, host: string]> {
  const share = createRandom(seed)
  const random = (limit: number): number => (share() * 2 ** 32) % limit
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  for (let index = 0; index < count; index += 1) {
    let field = pick(seeds)
    for (let changes = 1 + random(6); changes > 0; changes -= 1) {
      const at = random(field.length + 1)
      const end = at + random(4)
      const choice = random(8)
      if (choice < 4) field = field.slice(0, at) + pick(alphabet) + field.slice(at)
      else if (choice < 6) field = field.slice(0, at) + field.slice(end)
      else if (choice === 6) field = field.slice(0, at) + pick(alphabet) + field.slice(end)
      else field = `${field.slice(0, at)}${pick(seeds)}${field.slice(at)}`.slice(0, 600)
    }
    yield [field, pick(hosts)]
  }
}
