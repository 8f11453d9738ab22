import assert from 'node:assert/strict'
import {
  canonicalName,
  hasPublicSuffix,
  isBelow,
  isReservedName,
  organisationalDomain,
} from '../../../plugins/lib/mail'

describe('domain names', () => {
  const canonical: readonly (readonly [string, string | undefined])[] = [
    ['WWW.Evil.COM', 'www.evil.com'],
    ['evil.com.', 'evil.com'],
    ['münchen.de', 'xn--mnchen-3ya.de'],
    ['MÜNCHEN.DE.', 'xn--mnchen-3ya.de'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['straße.de', 'xn--strae-oqa.de'],
    ['evil。com', 'evil.com'],
    ['ｅｖｉｌ．ｃｏｍ', 'evil.com'],
    ['ev\u00ADil.com', 'evil.com'],
    ['_dmarc.evil.com', '_dmarc.evil.com'],
    ['com', undefined],
    ['', undefined],
    ['.', undefined],
    ['.evil.com', undefined],
    ['evil..com', undefined],
    ['evil.com..', undefined],
    ['evil com.de', undefined],
    ['evil%2ecom', undefined],
    ['192.0.2.1', undefined],
    ['1.2.0x10', undefined],
    [`${'a'.repeat(64)}.com`, undefined],
    [`${'a.'.repeat(126)}com`, undefined],
    [`${'ä'.repeat(5000)}.com`, undefined],
  ]
  for (const [text, name] of canonical) {
    const shown = text.length > 40 ? `${text.slice(0, 20)}… (${text.length} characters)` : text
    it(`'${shown}' is ${name ?? 'no name'}`, () => {
      assert.equal(canonicalName(text), name)
    })
  }

  const organisational: readonly (readonly [string, string | undefined])[] = [
    ['a.b.evil.co.uk', 'evil.co.uk'],
    ['evil.com', 'evil.com'],
    ['x.evil.github.io', 'evil.github.io'],
    ['github.io', undefined],
    ['co.uk', undefined],
    ['evil.nosuchtld', undefined],
    ['xn--e1afmkfd.xn--p1ai', 'xn--e1afmkfd.xn--p1ai'],
    ['www.ck', 'www.ck'],
    ['a.b.c.ck', 'b.c.ck'],
  ]
  for (const [name, domain] of organisational) {
    it(`the organisational domain of ${name} is ${domain ?? 'none'}`, () => {
      assert.equal(organisationalDomain(name), domain)
    })
  }

  it('knows names with a public suffix, the suffix itself included', () => {
    assert.ok(hasPublicSuffix('evil.com') && hasPublicSuffix('com') && hasPublicSuffix('evil.github.io'))
    assert.ok(!hasPublicSuffix('server.lan') && !hasPublicSuffix('localhost'))
  })

  it('knows reserved names and what is below them', () => {
    for (const name of [
      'example.com',
      'www.example.org',
      'x.test',
      'localhost',
      'nas.local',
      'a.internal',
      'b.onion',
      'c.home.arpa',
    ]) {
      assert.ok(isReservedName(name), name)
    }
    for (const name of ['example.de', 'myexample.com', 'test.com', 'local.net'])
      assert.ok(!isReservedName(name), name)
  })

  it('tells what is below a name from what only ends like it', () => {
    const parents = new Set(['evil.com'])
    assert.ok(isBelow('evil.com', parents) && isBelow('a.b.evil.com', parents))
    assert.ok(!isBelow('notevil.com', parents) && !isBelow('com', parents))
  })
})
