import assert from 'node:assert/strict'
import { accepted, refused } from '../../plugins/next-hops/delivery'
import { createKnownRecipients } from '../../plugins/next-hops/known-recipients'

describe('What next hops said about recipients', () => {
  let nowMs = 0
  const clock = { now: () => nowMs, monotonic: () => nowMs }
  const unknown = refused({ code: 550, enhanced: '5.1.1', text: 'No such user' })

  it('is kept for minutes when they accepted, for one when they know no such mailbox', () => {
    const known = createKnownRecipients(clock)
    known.remember('hop', 'anna@example.com', accepted('ok'))
    known.remember('hop', 'none@example.com', unknown)
    assert.equal(known.get('hop', 'anna@example.com')?.kind, 'accepted')
    assert.equal(known.get('other', 'anna@example.com'), undefined)
    assert.deepEqual(known.get('hop', 'none@example.com'), unknown)
    nowMs += 61_000
    assert.equal(known.get('hop', 'none@example.com'), undefined)
    assert.equal(known.get('hop', 'anna@example.com')?.kind, 'accepted')
    nowMs += 600_000
    assert.equal(known.get('hop', 'anna@example.com'), undefined)
  })

  it('is not kept when it may be about the sender, or is no last word', () => {
    const known = createKnownRecipients(clock)
    for (const [code, enhanced] of [
      [550, '5.7.1'],
      [550, '5.0.0'],
      [450, '4.1.1'],
    ] as const) {
      known.remember('hop', 'anna@example.com', refused({ code, enhanced, text: 'no' }))
      assert.equal(known.get('hop', 'anna@example.com'), undefined, enhanced)
    }
  })

  it('takes a bounded amount of memory', () => {
    const known = createKnownRecipients(clock, 2)
    for (const name of ['a', 'b', 'c']) known.remember('hop', name, unknown)
    assert.equal(known.get('hop', 'a'), undefined)
    assert.ok(known.get('hop', 'b') && known.get('hop', 'c'))
  })
})
