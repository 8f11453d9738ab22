import assert from 'node:assert/strict'
import { canonicalHost, createAlignment, isWithin } from '../../plugins/mark-from/alignment'

const { isAligned, organisationalDomain } = createAlignment({
  alignment: 'organisational',
  extra_suffixes: ['onmicrosoft.com', 'Customers.Example.co.uk'],
})

describe('alignment', () => {
  it('finds the organisational domain below public and private suffixes', () => {
    const cases = [
      ['mail.example.com', 'example.com'],
      ['example.com', 'example.com'],
      ['a.b.example.co.uk', 'example.co.uk'],
      ['x.alice.github.io', 'alice.github.io'],
      ['mail.contoso.onmicrosoft.com', 'contoso.onmicrosoft.com'],
      ['a.b.customers.example.co.uk', 'b.customers.example.co.uk'],
      ['xn--bcher-kva.de', 'xn--bcher-kva.de'],
    ] as const
    for (const [host, domain] of cases) assert.equal(organisationalDomain(host), domain, host)
  })

  it('has none for suffixes, single labels, addresses and what is no name', () => {
    const hosts = [
      'com',
      'co.uk',
      'github.io',
      'onmicrosoft.com',
      'localhost',
      '[192.0.2.1]',
      '192.0.2.1',
      '',
    ]
    for (const host of [...hosts, '[IPv6:2001:db8::1]', 'a..com', '.com', 'x.'.repeat(200) + 'com']) {
      assert.equal(organisationalDomain(host), null, host)
    }
  })

  it('does not take two hosts without organisational domain for one', () => {
    for (const [a, b] of [
      ['com', 'org'],
      ['github.io', 'co.uk'],
      ['localhost', 'mailhost'],
      ['[192.0.2.1]', '[192.0.2.2]'],
      ['192.0.2.1', '198.51.2.1'],
      ['', ''],
      ['', '.'],
    ] as const) {
      assert.equal(isAligned(a, b), false, `${a} ${b}`)
    }
  })

  it('compares canonical names', () => {
    assert.equal(canonicalHost('Bücher.Example.'), 'xn--bcher-kva.example')
    assert.ok(isAligned('BÜCHER.de', 'mail.xn--bcher-kva.de.'))
    assert.ok(isAligned('localhost', 'LOCALHOST'))
    assert.ok(!isAligned('example.com', 'example.com.evil.net'))
    assert.ok(!isAligned('notexample.com', 'example.com'))
  })

  it('compares hosts when it is strict', () => {
    const strict = createAlignment({ alignment: 'strict', extra_suffixes: [] })
    assert.ok(strict.isAligned('Example.com', 'example.com.'))
    assert.ok(!strict.isAligned('mail.example.com', 'example.com'))
  })

  it('takes .domain for what is below only', () => {
    assert.ok(isWithin('a.example.com', 'example.com'))
    assert.ok(isWithin('example.com', 'example.com'))
    assert.ok(isWithin('a.example.com', '.example.com'))
    assert.ok(!isWithin('example.com', '.example.com'))
    assert.ok(!isWithin('badexample.com', 'example.com'))
  })

  it('are the same whichever host is the longer one', () => {
    const alignment = createAlignment({ alignment: 'organisational', extra_suffixes: ['onmicrosoft.com'] })
    const suffixes = ['com', 'co.uk', 'github.io', 's3.amazonaws.com', 'ck', 'www.ck', 'city.kobe.jp']
    const bases = [...suffixes, 'amazonaws.com', 'onmicrosoft.com', 'local', '[192.0.2.1]', '192.0.2.1']
    const hosts = bases.flatMap((base) => [base, `a.${base}`, `b.a.${base}`, `c.b.a.${base}`, `x.${base}`])
    for (const host of hosts) {
      const domain = alignment.organisationalDomain(host)
      for (const other of hosts) {
        const isSame = host === other || (domain !== null && domain === alignment.organisationalDomain(other))
        assert.equal(alignment.isAligned(host, other), isSame, `${host} and ${other}`)
      }
    }
  })
})
