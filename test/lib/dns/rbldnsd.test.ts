import assert from 'node:assert/strict'
import { createDnsClient } from '../../../plugins/lib/dns'
import { findRbldnsd, startRbldnsd } from '../../support/rbldnsd'

describe('DNS client and a real rbldnsd', () => {
  before(function () {
    if (findRbldnsd()) return
    console.log('      skipped: rbldnsd is not installed (apt-get install rbldnsd)')
    this.skip()
  })

  it('gets listings, texts and negative answers with the TTLs of the zone', async () => {
    const rbldnsd = await startRbldnsd({ zones: { 'bl.test': { '2.0.0.127': ['127.0.0.2', 'test point'] } } })
    const client = createDnsClient({ settings: { servers: [rbldnsd.address], timeoutMs: 5000 } })
    try {
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'A'), {
        kind: 'records',
        records: ['127.0.0.2'],
        ttlSeconds: 300,
      })
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'TXT'), {
        kind: 'records',
        records: ['test point'],
        ttlSeconds: 300,
      })
      assert.deepEqual(await client.lookup('1.0.0.127.bl.test', 'A'), { kind: 'nxdomain', ttlSeconds: 60 })
      assert.deepEqual(await client.lookup('2.0.0.127.bl.test', 'AAAA'), { kind: 'nodata', ttlSeconds: 60 })
      assert.deepEqual(await client.lookup('other.test', 'A'), { kind: 'failed', rcode: 'REFUSED' })
    } finally {
      client.close()
      await rbldnsd.stop()
    }
  })
})
