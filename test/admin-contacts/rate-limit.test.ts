import assert from 'node:assert/strict'
import { createRateLimit } from '../../plugins/admin-contacts/rate-limit'

describe('The rate of a client', () => {
  let nowMs = 0
  const clock = { now: () => nowMs, monotonic: () => nowMs }

  it('is limited by the minute', () => {
    const rate = createRateLimit(clock)
    const counted = Array.from({ length: 3 }, () => rate.count('192.0.2.1', 2))
    assert.deepEqual(counted, [true, true, false])
    assert.ok(rate.count('192.0.2.2', 2))
    nowMs += 60_000
    assert.ok(rate.count('192.0.2.1', 2))
  })

  it('is one for an IPv4 address however it is written, and for an IPv6 network', () => {
    const rate = createRateLimit(clock)
    assert.ok(rate.count('192.0.2.1', 1))
    assert.ok(!rate.count('::ffff:192.0.2.1', 1))
    assert.ok(rate.count('2001:db8:1:2::1', 1))
    assert.ok(!rate.count('2001:db8:1:2:ffff::2', 1))
    assert.ok(rate.count('2001:db8:1:3::1', 1))
  })
})
