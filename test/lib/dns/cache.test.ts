import assert from 'node:assert/strict'
import { createDnsCache } from '../../../plugins/lib/dns/cache'
import { createTestClock } from './test-clock'

const listed = { kind: 'records', records: ['127.0.0.2'], ttlSeconds: 60 } as const

describe('DNS cache', () => {
  it('knows an answer until its TTL is over, and says how much of it is left', () => {
    const clock = createTestClock()
    const cache = createDnsCache(10, clock)
    cache.set('A a.test', listed)
    clock.advance(45_500)
    assert.deepEqual(cache.get('A a.test'), { ...listed, ttlSeconds: 15 })
    clock.advance(14_499)
    assert.equal(cache.get('A a.test')?.ttlSeconds, 1)
    clock.advance(1)
    assert.equal(cache.get('A a.test'), undefined)
    assert.equal(cache.size, 0)
  })

  it('keeps nothing with a TTL of 0, and forgets what it knew before', () => {
    const cache = createDnsCache(10, createTestClock())
    cache.set('A a.test', listed)
    cache.set('A a.test', { kind: 'nxdomain', ttlSeconds: 0 })
    assert.equal(cache.get('A a.test'), undefined)
  })

  it('stays within its size, and drops what was not used lately', () => {
    const cache = createDnsCache(10, createTestClock())
    cache.set('popular', listed)
    for (let n = 0; n < 100; n++) {
      cache.set(`${n}`, listed)
      assert.ok(cache.get('popular'))
      assert.ok(cache.size <= 10)
    }
    assert.ok(cache.get('99'))
    assert.equal(cache.get('80'), undefined)
  })
})
