import assert from 'node:assert/strict'
import { technicalSender } from '../../plugins/mark-from/technical-sender'
import { examples } from './examples'
import { marked, outcomeOf, shown } from './marking'

describe('mark-from examples', () => {
  for (const [from, envelope, expected] of examples) {
    it(`${JSON.stringify(from)} by ${envelope} ${expected === null ? 'stays' : `becomes ${expected}`}`, () => {
      assert.equal(marked(from, envelope), expected)
    })
  }

  it('leaves each of its own results alone', () => {
    for (const [from, envelope] of examples) {
      const value = marked(from, envelope)
      if (value !== null) assert.equal(marked(value, envelope), null, value)
    }
  })
})

describe('mark-from reasons', () => {
  function reasons(from: string, envelope: string): string {
    const outcome = outcomeOf(from, envelope)
    return outcome.kind === 'reject' ? outcome.reason : [outcome.why].flat().join('; ')
  }

  it('name the domains that do not match', () => {
    assert.equal(reasons('Bank <info@bank.com>', 'evil.net'), 'bank.com in From does not match evil.net')
  })

  it('name the domains that match', () => {
    assert.equal(reasons('Bank <info@bank.com>', 'mail.bank.com'), 'bank.com in From matches mail.bank.com')
  })

  it('name the other address in a name', () => {
    assert.match(reasons('"info@bank.com" <x@evil.net>', 'evil.net'), /another address, info@bank\.com/)
  })

  it('name only what led to the mark', () => {
    assert.equal(
      reasons('Bank <s@bank.com>, Evil <e@evil.net>', 'evil.net'),
      'bank.com in From does not match evil.net',
    )
  })
})

describe('mark-from with senders of all kinds', () => {
  const facts = { envelopeHost: null, helo: 'mx.esp.net', isHeloConfirmed: true, ip: '192.0.2.1' }

  function byNullSender(from: string, changes: object, settings: object = {}): string | null {
    const sender = technicalSender({ ...facts, ...changes })
    const outcome = outcomeOf(from, sender, settings)
    return outcome.kind === 'marked' ? (outcome.values[0] ?? null) : null
  }

  it('shows the HELO name for a null sender when it is confirmed', () => {
    assert.equal(byNullSender('Bank <a@bank.com>', {}), '"Bank via mx.esp.net" <a@bank.com>')
  })

  it('shows the address of the client when the HELO name is a mere claim', () => {
    assert.equal(
      byNullSender('Bank <a@bank.com>', { helo: 'bank.com', isHeloConfirmed: false }),
      '"Bank via [192.0.2.1]" <a@bank.com>',
    )
    assert.equal(
      byNullSender('Bank <a@bank.com>', { helo: null, ip: '2001:db8::1' }),
      '"Bank via [IPv6:2001:db8::1]" <a@bank.com>',
    )
  })

  it('leaves a bounce alone that the confirmed HELO name stands for', () => {
    assert.equal(byNullSender('MAILER-DAEMON@esp.net', {}), null)
  })

  it('skips null senders when told to', () => {
    assert.equal(byNullSender('Bank <a@bank.com>', {}, { null_sender: 'skip' }), null)
  })

  it('compares an address literal only with itself', () => {
    assert.equal(marked('A <a@[192.0.2.1]>', '[192.0.2.1]'), null)
    assert.equal(marked('A <a@[192.0.2.2]>', '[192.0.2.1]'), '"A via [192.0.2.1]" <a@[192.0.2.2]>')
  })

  it('shows an internationalised envelope as A-label', () => {
    assert.equal(
      byNullSender('Bank <a@bank.com>', { envelopeHost: 'Bücher.DE.' }),
      '"Bank via xn--bcher-kva.de" <a@bank.com>',
    )
  })

  it('shows the organisational domain of a host over 64 characters', () => {
    const host = `${'a'.repeat(40)}.${'b'.repeat(20)}.shop.co.uk`
    assert.equal(marked('Bank <a@bank.com>', host), '"Bank via shop.co.uk" <a@bank.com>')
  })
})

describe('mark-from on several mailboxes and groups', () => {
  it('marks each member of a group that is not aligned', () => {
    assert.equal(
      marked('Team: "A" <a@x.com>, b@esp.net, C <c@y.com>;', 'esp.net'),
      '"Team": "A via esp.net" <a@x.com>, b@esp.net, "C via esp.net" <c@y.com>;',
    )
  })

  it('marks the phrase of an empty group', () => {
    assert.equal(marked('Your Bank:;', 'evil.net'), '"Your Bank via evil.net":;')
  })

  it('leaves a group of aligned members alone', () => {
    assert.equal(marked('Team: a@esp.net, B <b@mail.esp.net>;', 'esp.net'), null)
  })

  it('marks the phrase of a group that shows an address', () => {
    assert.equal(
      marked('"info@bank.com": x@evil.net;', 'evil.net'),
      '"info@bank.com via evil.net": x@evil.net;',
    )
  })

  it('takes an unquoted comma for part of the name', () => {
    assert.equal(marked('Acme, Inc. <n@acme.com>', 'esp.net'), '"Acme, Inc. via esp.net" <n@acme.com>')
    assert.equal(marked('Acme, Inc. <n@acme.com>', 'acme.com'), null)
  })

  it('writes a name without address as an empty group', () => {
    assert.equal(marked('Your Bank', 'evil.net'), '"Your Bank via evil.net":;')
    assert.equal(marked('Your Bank <>', 'evil.net'), '"Your Bank via evil.net":;')
    assert.equal(marked('Your Bank <postmaster>', 'evil.net'), '"Your Bank postmaster via evil.net":;')
  })
})

describe('mark-from on fields that can be read in two ways', () => {
  const cases = [
    ['<a@evil.net> <info@bank.com>', '"a@evil.net via evil.net" <info@bank.com>'],
    ['Bank <info@bank.com> <e@evil.net>', '"Bank info@bank.com via evil.net" <e@evil.net>'],
    ['e@evil.net <info@bank.com>', '"e@evil.net via evil.net" <info@bank.com>'],
    ['info@bank.com@evil.net', '"info@bank.com@evil.net via evil.net" <"info@bank.com"@evil.net>'],
    ['Bank <info@bank.com@evil.net>', '"Bank via evil.net" <"info@bank.com"@evil.net>'],
    ['Bank <e@evil.net> info@bank.com', '"Bank info@bank.com via evil.net" <e@evil.net>'],
    ['<e@evil.net> Your Bank', '"Your Bank via evil.net" <e@evil.net>'],
    ['"Your Bank <e@evil.net>', '"Your Bank via evil.net" <e@evil.net>'],
    ['Your Bank (unclosed <e@evil.net>', '"Your Bank unclosed via evil.net" <e@evil.net>'],
    ['Your Bank <e@evil.net', '"Your Bank via evil.net" <e@evil.net>'],
    ['Your Bank e@evil.net', '"Your Bank via evil.net" <e@evil.net>'],
    ['<@bank.com:e@evil.net>', '"e@evil.net via evil.net" <e@evil.net>'],
    ['Re: Bank <e@evil.net>', '"Re: Bank via evil.net" <e@evil.net>'],
    ['Bank <e@evil\0.net>', '"Bank via evil.net" <e@evil.net>'],
  ] as const

  for (const [from, expected] of cases) {
    it(`${JSON.stringify(from)} becomes ${expected}, although evil.net sent it`, () => {
      assert.equal(marked(from, 'evil.net'), expected)
    })
  }

  it('reads obsolete but legal forms without suspicion', () => {
    assert.equal(marked('joe . doe @ evil . net', 'evil.net'), null)
    assert.equal(marked('Joe (a (nested) \\) one) <joe@(here)evil.net> (tail)', 'evil.net'), null)
    assert.equal(marked('Joe\r\n\t<joe@evil.net>', 'evil.net'), null)
  })
})

describe('mark-from on names that mislead', () => {
  it('marks aligned mail whose name or local part shows another address', () => {
    for (const from of [
      '"info@bank.com" <x@evil.net>',
      'info@bank.com <x@evil.net>',
      '=?utf-8?B?aW5mb0BiYW5rLmNvbQ==?= <x@evil.net>',
      '"=?utf-8?Q?info=40bank.com?=" <x@evil.net>',
      '"in\u200bfo@bank\u00ad.com" <x@evil.net>',
      '"info＠bank．com" <x@evil.net>',
      '"Bank <info@bank.com>" <x@evil.net>',
      '"info @ bank.com" <x@evil.net>',
      'x@evil.net (info@bank.com)',
      '"info@bank.com"@evil.net',
    ]) {
      assert.match(shown(marked(from, 'evil.net')) ?? '', / via evil\.net"? </, from)
    }
  })

  it('leaves a name alone that repeats its own address', () => {
    assert.equal(marked('"x@evil.net" <x@evil.net>', 'evil.net'), null)
    assert.equal(marked('"X@Evil.net" <x@evil.net>', 'mail.evil.net'), null)
  })

  it('leaves a handle alone', () => {
    assert.equal(marked('"Eve (@eve)" <x@evil.net>', 'evil.net'), null)
    assert.equal(marked('"Eve @ Evil" <x@evil.net>', 'evil.net'), null)
  })

  it('takes forged marks off, however many and however dressed', () => {
    for (const name of [
      'Bank via bank.com',
      'Bank via bank.com via bank.org',
      'Bank VIA bank.com.',
      'Bank (via bank.com)',
      'Bank via [198.51.100.1]',
      'Bank via\u00a0bank.com',
      'Bank v\u200bia bank.com',
      'Bank ｖｉａ ｂａｎｋ．ｃｏｍ',
      'Bank via bänk.de',
    ]) {
      assert.equal(marked(`"${name}" <x@evil.net>`, 'evil.net'), '"Bank" <x@evil.net>', name)
      assert.equal(marked(`"${name}" <i@bank.com>`, 'evil.net'), '"Bank via evil.net" <i@bank.com>', name)
    }
  })

  it('leaves a true mark on aligned mail', () => {
    assert.equal(marked('"Shop via shop.com" <n@shop.com>', 'shop.com'), null)
    assert.equal(marked('"Alice via lists.shop.com" <l@lists.shop.com>', 'bounce.shop.com'), null)
  })

  it('leaves names alone that only hold the word', () => {
    assert.equal(marked('"Ristorante Via Roma" <n@shop.com>', 'shop.com'), null)
    assert.equal(marked('"Alice via LinkedIn" <n@shop.com>', 'shop.com'), null)
  })

  it('does not take a mark in a comment or in a mixed phrase for one that everybody sees', () => {
    assert.equal(marked('i@bank.com (Bank via evil.net)', 'evil.net'), '"Bank via evil.net" <i@bank.com>')
    assert.equal(
      marked('"Bank" =?utf-8?Q?via_evil.net?= <i@bank.com>', 'evil.net'),
      '"Bank via evil.net" <i@bank.com>',
    )
  })

  it('strips what cannot be seen and collapses what is blank', () => {
    const cases = [
      ['\u202egro.knab\u202c', 'gro.knab'],
      ['Ba\u200bn\u2060k\ufeff', 'Bank'],
      ['Your\u00a0\u3000\u2003Bank', 'Your Bank'],
      ['Your\u3164\u2800 Bank\u115f', 'Your Bank'],
      ['Ba\0nk\x07', 'Bank'],
      ['B\u{e0041}ank', 'Bank'],
      ['A < B > C', 'A B C'],
      ['👩‍👩‍👧 Family', '👩‍👩‍👧 Family'],
      ['a\u200db', 'ab'],
      [
        '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} Scot',
        '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} Scot',
      ],
    ] as const
    for (const [name, clean] of cases) {
      const value = shown(marked(`"${name}" <i@bank.com>`, 'evil.net'))
      assert.equal(value?.replaceAll('"', ''), `${clean} via evil.net <i@bank.com>`, JSON.stringify(name))
    }
  })

  it('falls back to comment and address when a name shows nothing', () => {
    assert.equal(marked('"\u200b \u3164" <i@bank.com>', 'evil.net'), '"i@bank.com via evil.net" <i@bank.com>')
    assert.equal(marked('"" <i@bank.com> (Desk)', 'evil.net'), '"Desk via evil.net" <i@bank.com>')
  })

  it('caps a name at 64 characters as people count them', () => {
    assert.equal(
      shown(marked(`"${'x'.repeat(300)}" <i@bank.com>`, 'evil.net')),
      `${'x'.repeat(64)}… via evil.net <i@bank.com>`,
    )
    assert.equal(
      shown(marked(`"${'👩‍👩‍👧'.repeat(300)}" <i@bank.com>`, 'evil.net')),
      `${'👩‍👩‍👧'.repeat(64)}… via evil.net <i@bank.com>`,
    )
    assert.match(
      shown(marked(`"Bank${' '.repeat(500)}x" <i@bank.com>`, 'evil.net')) ?? '',
      /^"Bank x via evil\.net"/,
    )
    assert.ok((shown(marked(`"B${'\u0301'.repeat(5000)}" <i@bank.com>`, 'evil.net')) ?? '').length < 60)
  })
})

describe('mark-from on charsets', () => {
  it('decodes what arrives and writes UTF-8', () => {
    const cases = [
      ['=?windows-1251?B?wuD4IOHg7eo=?=', 'Ваш банк'],
      ['=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
      ['=?shift_jis?B?k/qWew==?=', '日本'],
      ['=?utf-8*en?Q?Caf=C3=A9?=', 'Café'],
      ['=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=', 'aé'],
      ['=?utf-8?Q?a?= b =?utf-8?Q?=C3=A9?=', 'a b é'],
      ['=?utf-8?Q?Doe,_Jos=C3=A9?=', 'Doe, José'],
      ['Café Ünïcode', 'Café Ünïcode'],
      ['CafÃ© au lait', 'Café au lait'],
    ] as const
    for (const [name, text] of cases) {
      assert.equal(shown(marked(`${name} <c@cafe.fr>`, 'esp.net')), `${text} via esp.net <c@cafe.fr>`, name)
    }
  })

  it('encodes decoded text that looks encoded, so that nobody decodes it twice', () => {
    const value = marked('=?utf-8?Q?=3D=3Futf-8=3FQ=3FBank=3F=3D?= <x@esp.org>', 'esp.net')
    assert.equal(shown(value), '=?utf-8?Q?Bank?= via esp.net <x@esp.org>')
  })

  it('keeps unreadable words as they are, between others that it can read', () => {
    assert.equal(
      marked('"Desk" =?x-unknown?Q?=FF?= (note) <a@b.jp>', 'esp.net'),
      '=?UTF-8?Q?Desk_?= =?x-unknown?Q?=FF?= =?UTF-8?Q?_via_esp=2Enet?=\r\n <a@b.jp>',
    )
  })

  it('never mixes quoted-strings and encoded-words', () => {
    const value = marked('"Quoted" =?utf-8?Q?=C3=A9?= Atom <a@b.com>', 'esp.net') ?? ''
    assert.doesNotMatch(value, /"/)
    assert.equal(shown(value), 'Quoted é Atom via esp.net <a@b.com>')
  })

  it('keeps each word within 75 and splits no character', () => {
    const value = marked(`"${'日本語'.repeat(20)}" <a@b.jp>`, 'esp.net') ?? ''
    const words = value.match(/=\?\S+\?=/g) ?? []
    assert.ok(words.length > 3)
    for (const word of words) {
      assert.ok(word.length <= 75, word)
      assert.doesNotMatch(shown(word) ?? '', /\ufffd/)
    }
    assert.equal(words.at(-1), '=?UTF-8?Q?_via_esp=2Enet?=')
  })

  it('breaks a long mark at its space rather than inside the domain', () => {
    const value = marked('é <a@b.jp>', `${'a'.repeat(25)}.${'b'.repeat(25)}.com`) ?? ''
    assert.match(value, /=\?UTF-8\?Q\?_via_\?=\r\n =\?UTF-8\?Q\?a+=2Eb+=2Ecom\?=/)
  })
})

describe('mark-from settings', () => {
  it('do not mark pairs that are allowed', () => {
    const allow = { allow: [{ from: 'shop.com', envelope: 'esp.net' }] }
    assert.equal(marked('A <a@shop.com>', 'esp.net', allow), null)
    assert.equal(marked('A <a@news.shop.com>', 'bounce.esp.net', allow), null)
    assert.equal(marked('A <a@shop.com>', 'esp.org', allow), '"A via esp.org" <a@shop.com>')
    assert.equal(marked('A <a@shop.org>', 'esp.net', allow), '"A via esp.net" <a@shop.org>')
    assert.equal(
      marked('A <a@shop.com> <b@shop.com>', 'esp.net', allow),
      '"A a@shop.com via esp.net" <b@shop.com>',
    )
  })

  it('mark own domains from elsewhere even when the pair is allowed', () => {
    const allow = [{ from: 'our.example', envelope: 'esp.net' }]
    assert.equal(outcomeOf('Boss <boss@our.example>', 'esp.net', { allow }, ['our.example']).kind, 'marked')
    assert.equal(
      outcomeOf('Boss <boss@our.example>', 'esp.net', { allow, own_domains: 'allow' }, ['our.example']).kind,
      'unchanged',
    )
    assert.equal(
      outcomeOf('Boss <boss@our.example>', 'our.example', { allow }, ['our.example']).kind,
      'unchanged',
    )
  })

  it('compare hosts when alignment is strict', () => {
    const strict = { alignment: 'strict' }
    assert.equal(marked('Shop <n@shop.com>', 'em1.shop.com', strict), '"Shop via em1.shop.com" <n@shop.com>')
    assert.equal(marked('Shop <n@shop.com>', 'shop.com', strict), null)
  })

  it('take extra suffixes', () => {
    const from = 'A <a@alice.onmicrosoft.com>'
    assert.equal(marked(from, 'bob.onmicrosoft.com'), null)
    assert.equal(
      marked(from, 'bob.onmicrosoft.com', { extra_suffixes: ['onmicrosoft.com'] }),
      '"A via bob.onmicrosoft.com" <a@alice.onmicrosoft.com>',
    )
  })

  it('apply to recipients in the domains they name, and to all when they name none', () => {
    const kind = (domains: string[]): string => outcomeOf('A <a@x.com>', 'esp.net', { domains }).kind
    assert.equal(kind(['other.example']), 'unchanged')
    assert.equal(kind(['our.example']), 'marked')
    assert.equal(kind([]), 'marked')
  })

  it('only tag when told to', () => {
    const outcome = outcomeOf('A <a@x.com>', 'esp.net', { tag_only: true })
    assert.equal(outcome.kind, 'tagged')
  })

  it('refuse several From fields, or mark every one', () => {
    const fields = ['A <a@esp.net>', 'B <b@bank.com>']
    assert.equal(outcomeOf(fields, 'esp.net').kind, 'reject')
    const outcome = outcomeOf(fields, 'esp.net', { multiple_from: 'mark' })
    assert.deepEqual(outcome.kind === 'marked' && outcome.values, [
      '"A via esp.net" <a@esp.net>',
      '"B via esp.net" <b@bank.com>',
    ])
  })

  it('refuse a message without From, or let it pass', () => {
    assert.equal(outcomeOf([], 'esp.net').kind, 'reject')
    assert.equal(outcomeOf([' '], 'esp.net').kind, 'reject')
    assert.equal(outcomeOf([], 'esp.net', { missing_from: 'pass' }).kind, 'unchanged')
  })

  it('take other templates, and take those off again', () => {
    for (const [template, expected] of [
      ['{name} [{domain}]', '"Bank [evil.net]" <i@bank.com>'],
      ['{domain}: {name}', '"evil.net: Bank" <i@bank.com>'],
      ['({domain}) {name}', '"(evil.net) Bank" <i@bank.com>'],
      ['{name} über {domain}', 'Bank über evil.net <i@bank.com>'],
    ] as const) {
      const value = marked('Bank <i@bank.com>', 'evil.net', { template })
      assert.equal(template.includes('ü') ? shown(value) : value, expected)
      assert.equal(marked(value ?? '', 'evil.net', { template }), null, template)
      const forged = marked('Bank <i@bank.com>', 'bank.com.evil.org', { template }) ?? ''
      assert.equal(marked(forged, 'evil.net', { template }), value, template)
    }
  })
})

describe('mark-from folding', () => {
  it('folds before the address when the line gets too long', () => {
    assert.equal(
      marked('"A name of some length for a shop" <newsletter@shop-with-a-long-name.com>', 'esp.net'),
      '"A name of some length for a shop via esp.net"\r\n <newsletter@shop-with-a-long-name.com>',
    )
  })

  it('folds inside a long quoted name at its spaces', () => {
    const value = marked(`"${'long '.repeat(12)}name" <a@b.com>`, 'mail-service.com') ?? ''
    assert.ok(`From: ${value}`.split('\r\n').every((line) => line.length <= 78))
    assert.equal(value.replace(/\r\n/g, ''), `"${'long '.repeat(12)}name via mail-service.com" <a@b.com>`)
  })

  it('gives up an address that fits in no line', () => {
    const value = marked(`Bank <${'x'.repeat(2000)}@bank.com>`, 'evil.net') ?? ''
    assert.ok(value.length < 200)
  })
})

describe('mark-from on very long fields', () => {
  it('stays linear', () => {
    for (const unit of [
      '(',
      '"',
      '<',
      '=?',
      '\\"',
      ' via ',
      'a@',
      ',',
      ':',
      '"a" ',
      '\u200d',
      'via a.',
      '@ a.b ',
    ]) {
      const field = unit.repeat(50_000)
      outcomeOf(`${field}<a@b.com>`, 'evil.net', { missing_from: 'pass' })
    }
  }).timeout(20_000)
})
