import assert from 'node:assert/strict'
import { isLocalAddress, parseIpv4, parseIpv6 } from '../../../plugins/lib/mail'

describe('IP literals', () => {
  const ipv4 = [
    '198.51.100.7',
    '3325256711',
    '0xC6336407',
    '0306.063.0144.07',
    '0xc6.51.0144.7',
    '198.51.25607',
    '198.51.100.7.',
  ]
  for (const text of ipv4) {
    it(`${text} is 198.51.100.7`, () => {
      assert.equal(parseIpv4(text), '198.51.100.7')
      assert.equal(new URL(`http://${text}/`).hostname, '198.51.100.7')
    })
  }

  for (const text of [
    '',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.256',
    '4294967296',
    '08.1.1.1',
    '1..2',
    'a.b',
    '0xg',
    '1.2.3.-1',
    ' 1',
  ]) {
    it(`'${text}' is no IPv4 address`, () => {
      assert.equal(parseIpv4(text), undefined)
    })
  }

  it('takes 0x alone for zero, as browsers do', () => {
    assert.equal(parseIpv4('0x'), '0.0.0.0')
  })

  it('shortens IPv6 addresses and unwraps mapped ones', () => {
    assert.equal(parseIpv6('2001:0DB8:0:0:0:0:0:7'), '2001:db8::7')
    assert.equal(parseIpv6('::ffff:198.51.100.7'), '198.51.100.7')
    for (const text of ['', '198.51.100.7', ':', '1:2', 'fe80::1%eth0', 'g::1', ':'.repeat(1000)]) {
      assert.equal(parseIpv6(text), undefined, text)
    }
  })

  it('knows addresses that mean something only at home', () => {
    for (const ip of [
      '10.1.2.3',
      '127.0.0.1',
      '192.168.1.1',
      '172.16.0.1',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      'fe80::1',
      'fd00::1',
    ]) {
      assert.ok(isLocalAddress(ip), ip)
    }
    for (const ip of ['8.8.8.8', '198.51.100.7', '172.32.0.1', '2001:db8::1'])
      assert.ok(!isLocalAddress(ip), ip)
  })
})

describe('local addresses', () => {
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
      assert.equal(isLocalAddress(ip), true, ip)
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
      assert.equal(isLocalAddress(ip), false, ip)
    }
  })
})
