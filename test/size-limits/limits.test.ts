import assert from 'node:assert/strict'
import type { SizeLimit } from '../../plugins/lib/haraka/notes'
import { createSizeLimits, least } from '../../plugins/size-limits/limits'

const limits = createSizeLimits({
  limit: 10_000,
  hosts: {
    '192.0.2.0/24': 5000,
    '192.0.2.7': 9000,
    '192.0.2.128/25': 4000,
    '2001:db8::/32': 3000,
    'mx.example.com': 2000,
    '.example.com': 2500,
    '198.51.100.1': 99_999,
  },
  senders: { '@example.org': 1500, 'Anna@Example.org': 8000 },
  recipients: { '@here.test': 1200 },
})
const client = (ip: string, ...names: string[]): number => limits.forClient({ ip, names }).bytes

describe('size limits', () => {
  it('take the nearest network for a client address, mapped IPv4 included', () => {
    assert.equal(client('203.0.113.1'), 10_000)
    assert.equal(client('192.0.2.1'), 5000)
    assert.equal(client('192.0.2.7'), 9000)
    assert.equal(client('192.0.2.200'), 4000)
    assert.equal(client('::ffff:192.0.2.200'), 4000)
    assert.equal(client('2001:db8:ffff::1'), 3000)
    assert.equal(client('2001:db9::1'), 10_000)
  })

  it('take the nearest name, and the smallest of address and names', () => {
    assert.equal(client('203.0.113.1', 'mx.example.com'), 2000)
    assert.equal(client('203.0.113.1', 'deep.down.example.com'), 2500)
    assert.equal(client('203.0.113.1', 'example.com'), 10_000)
    assert.equal(client('192.0.2.200', 'other.example.com'), 2500)
  })

  it('never exceed the global limit', () => {
    assert.equal(client('198.51.100.1'), 10_000)
  })

  it('prefer the address of a sender to its domain', () => {
    assert.equal(limits.forSender('anna@example.org')?.bytes, 8000)
    assert.equal(limits.forSender('bob@EXAMPLE.org')?.bytes, 1500)
    assert.equal(limits.forSender('bob@sub.example.org'), undefined)
    assert.equal(limits.forRecipient('x@here.test')?.bytes, 1200)
  })

  it('say by which entry of which map the smallest is', () => {
    const all: SizeLimit = { bytes: 10_000, rule: 'limit', key: '' }
    const limit = least(all, [
      limits.forSender('bob@example.org'),
      undefined,
      limits.forRecipient('x@here.test'),
    ])
    assert.deepEqual(limit, { bytes: 1200, rule: 'recipients', key: '@here.test' })
    assert.deepEqual(limits.forClient({ ip: '192.0.2.200', names: [] }), {
      bytes: 4000,
      rule: 'hosts',
      key: '192.0.2.128/25',
    })
  })

  it('find their entry among 100,000', () => {
    const many = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, n) => [`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32`, 1024 + n]),
    )
    const large = createSizeLimits({ limit: 1_000_000, hosts: many, senders: {}, recipients: {} })
    assert.equal(large.forClient({ ip: '10.1.134.159', names: [] }).bytes, 1024 + 99_999)
    assert.equal(large.forClient({ ip: '11.0.0.1', names: [] }).bytes, 1_000_000)
  })
})
