import assert from 'node:assert/strict'
import { parseRedisAddress, redisAddressText } from '../../../plugins/lib/fleet/redis-address'

describe('address of a Redis', () => {
  const good: readonly (readonly [string, unknown])[] = [
    [
      'redis://redis.example',
      { kind: 'single', tls: false, hosts: [{ host: 'redis.example', port: 6379 }], database: 0 },
    ],
    [
      'rediss://anna@[2001:db8::1]:6380/2',
      { kind: 'single', tls: true, user: 'anna', hosts: [{ host: '2001:db8::1', port: 6380 }], database: 2 },
    ],
    [
      'redis-cluster://a:7000,b',
      {
        kind: 'cluster',
        tls: false,
        hosts: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
      },
    ],
    [
      'redis-sentinel://a,b:5000/mymaster',
      {
        kind: 'sentinel',
        tls: false,
        master: 'mymaster',
        hosts: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 5000 },
        ],
      },
    ],
  ]
  for (const [text, expected] of good) {
    it(`takes ${text}`, () => {
      assert.deepEqual(parseRedisAddress(text), expected)
    })
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    ['http://redis.example', /must be like redis:/],
    ['redis://anna:secret@redis.example', /must be like redis:/],
    ['redis://a,b', /must name one host/],
    ['redis://a:70000', /must have hosts like/],
    ['redis://a/x', /must end with a number/],
    ['redis-sentinel://a', /name of the master/],
    ['redis-cluster://a/1', /no database/],
  ]
  for (const [text, expected] of bad) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseRedisAddress(text), expected)
    })
  }

  it('is shown without its user', () => {
    assert.equal(redisAddressText(parseRedisAddress('redis://anna@[2001:db8::1]')), '[2001:db8::1]:6379')
  })
})
