import assert from 'node:assert/strict'
import { isPrivateAddress } from '../../../plugins/lib/haraka/session'

describe('private addresses', () => {
  it('are loopback, link-local, RFC 1918, RFC 6598 and unique local ones, mapped forms included', () => {
    for (const ip of [
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.9.9',
      '169.254.1.1',
      '100.64.0.1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.0.0.1',
    ]) {
      assert.equal(isPrivateAddress(ip), true, ip)
    }
  })

  it('are not the documentation networks or public ones', () => {
    for (const ip of [
      '192.0.2.1',
      '198.51.100.7',
      '203.0.113.9',
      '8.8.8.8',
      '2001:4860::1',
      '172.32.0.1',
      '::ffff:8.8.8.8',
    ]) {
      assert.equal(isPrivateAddress(ip), false, ip)
    }
  })
})
