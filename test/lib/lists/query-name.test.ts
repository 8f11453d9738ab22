import assert from 'node:assert/strict'
import { canonicalItem, queryName } from '../../../plugins/lib/lists/query-name'
import { createSubject } from '../../../plugins/lib/lists/subject'

function labelsOfIp(ip: string): string | undefined {
  const item = canonicalItem({ kind: 'ip', ip })
  return item && createSubject(item).labels
}

describe('names that lists are asked', () => {
  it('hold an IPv4 address in reverse octets', () => {
    assert.equal(labelsOfIp('192.0.2.99'), '99.2.0.192')
  })

  it('hold an IPv6 address in reverse nibbles, as in the example of RFC 5782 section 2.4', () => {
    assert.equal(
      labelsOfIp('2001:db8:1:2:3:4:567:89ab'),
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2',
    )
  })

  it('hold a mapped address as the IPv4 address that it is', () => {
    assert.equal(labelsOfIp('::ffff:192.0.2.99'), '99.2.0.192')
  })

  it('hold a name as A-labels in lower case', () => {
    const cases: [name: string, canonical: string][] = [
      ['Mail.Example.COM.', 'mail.example.com'],
      ['münchen.de', 'xn--mnchen-3ya.de'],
      ['_dmarc.example.com', '_dmarc.example.com'],
    ]
    for (const [name, canonical] of cases) {
      assert.deepEqual(canonicalItem({ kind: 'name', name }), { kind: 'name', name: canonical })
    }
  })

  it('are not made of what is no address and no name', () => {
    for (const ip of ['', '192.0.2.256', 'example.com', '192.0.2.1/32']) {
      assert.equal(canonicalItem({ kind: 'ip', ip }), undefined, ip)
    }
    const tooLong = `${'a'.repeat(64)}.de`
    for (const name of [
      '',
      '.',
      'a..b',
      'a b.de',
      '192.0.2.1',
      '１９２.0.2.1',
      'x@y.de',
      tooLong,
      'a/b',
      'a\n.de',
    ]) {
      assert.equal(canonicalItem({ kind: 'name', name }), undefined, name)
    }
  })

  it('are skipped when they are longer than the DNS allows', () => {
    const name = `${'a'.repeat(60)}.`.repeat(3) + 'example.com'
    assert.equal(queryName(name, 'bl.example')?.length, name.length + 11)
    assert.equal(
      queryName(name, 'a-list-with-a-very-long-name-that-goes-on-and-on-and-on.example'),
      undefined,
    )
  })
})
