import assert from 'node:assert/strict'
import { createKeyCounts } from '../../../plugins/lib/quota/key-counts'
import { describeKey, providerKeys } from '../../../plugins/lib/quota/provider-keys'
import { secretsSchema, settingsSchema } from '../../../plugins/lib/settings/schema'

const KEY = 'QmFzZTY0c3VwZXJzZWNyZXQ'

function keysOf(secrets: object, providers: object = {}) {
  return providerKeys(settingsSchema.parse({ providers }), secretsSchema.parse({ providers: secrets }))
}

describe('keys of providers', () => {
  it('are found in the names that are asked with them, and in no others', () => {
    const counts = createKeyCounts()
    const keys = keysOf({ 'spamhaus-dqs': { key: KEY } })
    counts.configure(keys)
    const key = KEY.toLowerCase()
    for (const name of [`2.0.0.127.${key}.zen.dq.spamhaus.net`, `shop.example.${key}.dbl.dq.spamhaus.net`])
      counts.sent(name)
    for (const name of [
      '2.0.0.127.zen.spamhaus.org',
      `2.0.0.127.${key}.zen.dq.spamhaus.net.dnsbl.example`,
      '2.0.0.127.other.zen.dq.spamhaus.net',
      `${key}.example`,
      'dq.spamhaus.net',
    ])
      counts.sent(name)
    assert.deepEqual(counts.take(), { [keys[0]?.id ?? '']: 2 })
    assert.equal(counts.take(), undefined, 'each is taken once')
  })

  it('are named without telling them', () => {
    const [key] = keysOf({ abusix: { key: KEY } }, { abusix: { per_day: 5000 } })
    assert.equal(key?.perDay, 5000)
    const described = describeKey(key.id)
    assert.equal(described?.provider, 'abusix')
    assert.match(described.name, /^Abusix \([\da-f]{6}\)$/)
    const other = keysOf({ abusix: { key: `${KEY}x` } })
    assert.notEqual(other[0]?.id, key.id)
    assert.ok(!JSON.stringify([key, described]).toLowerCase().includes(KEY.slice(0, 6).toLowerCase()))
  })

  it('count for nothing where the zone is not known', () => {
    assert.deepEqual(keysOf({ step3it: { key: KEY } }), [])
    assert.equal(keysOf({ step3it: { key: KEY } }, { step3it: { zone: 'lists.example' } }).length, 1)
  })

  it('of what is no key are not described', () => {
    for (const id of ['', 'spamhaus-dqs', 'nobody 3fa2c1', 'abusix <script>', `abusix ${KEY}`])
      assert.equal(describeKey(id), undefined, id)
  })
})
