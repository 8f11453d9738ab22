import assert from 'node:assert/strict'
import { isTooSlow, type Standing } from '../../plugins/mail-core/pace'

const MINUTE_MS = 60_000

describe('A client', () => {
  const judge = (standing: Partial<Standing>, isStressed = false): boolean =>
    isTooSlow(
      { turn: 'command', since: 0, bytes: 0, progressAt: 0, ...standing },
      { now: 6 * MINUTE_MS, timeoutMs: 5 * MINUTE_MS, isStressed },
    )

  it('has the inactivity timeout for a whole command, and ten times that to get anywhere', () => {
    assert.equal(judge({ since: 0 }), true)
    assert.equal(judge({ since: 2 * MINUTE_MS }), false)
    assert.equal(judge({ since: 5 * MINUTE_MS, progressAt: -40 * MINUTE_MS }), false)
    assert.equal(judge({ since: 5 * MINUTE_MS, progressAt: -45 * MINUTE_MS }), true)
  })

  it('sends a message at 500 bytes a second on average', () => {
    assert.equal(judge({ turn: 'message', bytes: 29_000 }), true)
    assert.equal(judge({ turn: 'message', bytes: 30_000 }), false)
    assert.equal(judge({ turn: 'message', bytes: 30_000, progressAt: -1000 * MINUTE_MS }), false)
  })

  it('has half a minute when connections are scarce', () => {
    assert.equal(judge({ since: 5.4 * MINUTE_MS, progressAt: 5 * MINUTE_MS }, true), true)
    assert.equal(judge({ since: 5.6 * MINUTE_MS, progressAt: 5 * MINUTE_MS }, true), false)
  })

  it('is never slow while it waits for us', () => {
    assert.equal(
      judge({ turn: 'ours', since: -1000 * MINUTE_MS, progressAt: -1000 * MINUTE_MS }, true),
      false,
    )
  })
})
