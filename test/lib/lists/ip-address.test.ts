import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { formatIp, ipBytes, ipv6Bytes } from '../../../plugins/lib/lists/ip-address'

describe('IP addresses as bytes', () => {
  it('come back in the form of RFC 5952', () => {
    const cases: [text: string, canonical: string][] = [
      ['192.0.2.1', '192.0.2.1'],
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['2001:0:0:1::1', '2001:0:0:1::1'],
      ['::', '::'],
      ['::1', '::1'],
      ['1::', '1::'],
      ['fe80::1%eth0', 'fe80::1'],
      ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ]
    for (const [text, canonical] of cases) {
      const bytes = ipBytes(text)
      assert(bytes, text)
      assert.equal(formatIp(bytes), canonical)
    }
  })

  it('take an IPv4 address mapped into IPv6 for the IPv4 address', () => {
    for (const text of ['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:c000:0201']) {
      assert.deepEqual([...(ipBytes(text) ?? [])], [192, 0, 2, 1], text)
    }
  })

  it('are read as Node reads them, whatever the text', () => {
    const pieces = ['', ':', '::', '0', '1', 'ffff', '12345', 'g', '.', '192.0.2.1', '256.1.1.1', 'db8', '-']
    let state = 1
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)]).join(
        random(2) === 0 ? ':' : '',
      )
      assert.equal(ipv6Bytes(text) !== undefined, isIPv6(text), text)
    }
  })
})
