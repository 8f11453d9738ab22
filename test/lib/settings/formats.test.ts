import assert from 'node:assert/strict'
import {
  isDnsServer,
  isDomainPattern,
  isEmailAddress,
  isHostname,
  isIpOrCidr,
} from '../../../plugins/lib/settings/formats'

describe('formats of setting values', () => {
  it('takes hostnames in any script, and no addresses', () => {
    for (const good of [
      'mx.example.com',
      'münchen.de',
      'xn--mnchen-3ya.de',
      'localhost',
      '_dmarc.example.com',
    ]) {
      assert.equal(isHostname(good), true, good)
    }
    for (const bad of ['', '192.0.2.1', '-a.de', 'a-.de', 'a..de', 'a b.de', `${'a'.repeat(64)}.de`]) {
      assert.equal(isHostname(bad), false, bad)
    }
  })

  it('takes .domain as a pattern, IPs and CIDRs as hosts, plain addresses', () => {
    assert.equal(isDomainPattern('.example.com'), true)
    assert.equal(isDomainPattern('..example.com'), false)
    assert.equal(isIpOrCidr('2001:db8::/32'), true)
    assert.equal(isIpOrCidr('10.0.0.0/33'), false)
    assert.equal(isEmailAddress('anna+tag@example.com'), true)
    assert.equal(isEmailAddress('anna'), false)
    assert.equal(isEmailAddress('<anna@example.com>'), false)
  })

  it('takes DNS servers with a port or without', () => {
    for (const good of [
      '192.0.2.1',
      '192.0.2.1:5353',
      '2001:db8::1',
      '[2001:db8::1]',
      '[2001:db8::1]:5353',
    ]) {
      assert.equal(isDnsServer(good), true, good)
    }
    for (const bad of [
      '',
      'dns.example:53',
      '192.0.2.1:',
      '192.0.2.1:0',
      '192.0.2.1:65536',
      '[192.0.2.1]:53',
      '[]',
    ]) {
      assert.equal(isDnsServer(bad), false, bad)
    }
  })
})
