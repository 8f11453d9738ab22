import assert from 'node:assert/strict'
import { sharedFingerprint, sharedText, withOwn } from '../../../plugins/lib/settings/own-settings'

const A = `# Of all
greeting: [Hello]
listen:
  address: 192.0.2.1 # of a
  smtp: true
fleet: { redis: 'redis://a', name: x, node: a }
`
const B = `listen: { address: 192.0.2.2 }
fleet: { redis: 'redis://b', name: x }
inactivity_timeout: 100
`

describe('settings of a gateway in a fleet', () => {
  it('are shared without what is its own, and with their comments', () => {
    assert.equal(sharedText(A), '# Of all\ngreeting: [Hello]\nlisten:\n  smtp: true\n')
  })

  it('meet what another keeps to itself', () => {
    const taken = withOwn(sharedText(A), B)
    assert.match(taken, /# Of all\ngreeting: \[Hello\]/)
    assert.match(taken, /address: 192\.0\.2\.2/)
    assert.match(taken, /redis:\/\/b/)
    assert.doesNotMatch(taken, /node: a|inactivity_timeout/)
    assert.equal(sharedFingerprint(taken), sharedFingerprint(A))
  })

  it('are the same in another order, with other comments, and where nothing else is in a map', () => {
    assert.equal(
      sharedFingerprint('b: 1\na: { d: 1, c: [2] }'),
      sharedFingerprint('# x\na: { c: [2], d: 1 }\nb: 1'),
    )
    assert.equal(sharedFingerprint('listen: { address: 192.0.2.1 }'), sharedFingerprint('{}'))
    assert.notEqual(sharedFingerprint('a: [1, 2]'), sharedFingerprint('a: [2, 1]'))
  })

  it('say themselves what is own, the same for all', () => {
    const own = 'fleet: { own: [dns.servers] }\n'
    const shared = sharedText(
      `${own}dns: { servers: [192.0.2.53], timeout: 500 }\nlisten: { address: 192.0.2.1 }\n`,
    )
    assert.equal(shared, `${own}dns: { timeout: 500 }\nlisten: { address: 192.0.2.1 }\n`)
    assert.match(withOwn(shared, 'dns: { servers: [198.51.100.53] }\n'), /servers: \[\s*198\.51\.100\.53/)
  })

  it('that are no YAML stay as they are', () => {
    assert.equal(sharedText('a: [') + withOwn('a: [', B), 'a: [a: [')
  })
})
