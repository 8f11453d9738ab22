import assert from 'node:assert/strict'
import { headerChanges } from '../../../plugins/lib/explain/header-changes'
import type { Stage } from '../../../plugins/lib/explain/step'
import { judgeExchanges } from '../../../plugins/lib/explain/verdict'

const judge = (...said: readonly (readonly [Stage, string])[]) =>
  judgeExchanges(
    said.map(([stage, reply]) => ({ stage, reply, ms: 0 })),
    'gateway/ip-lists',
  )

describe('the verdict of explain', () => {
  it('is what the last reply says, for all recipients or some', () => {
    assert.equal(judge(['RCPT', '250 ok'], ['message', '250 taken']).outcome, 'accepted')
    assert.equal(judge(['RCPT', '250 ok'], ['RCPT', '450 no'], ['message', '250 taken']).outcome, 'partly')
    assert.equal(judge(['RCPT', '250 ok'], ['message', '451 later']).outcome, 'deferred')
    assert.deepEqual(judge(['connect', '554 go away']), {
      outcome: 'refused',
      stage: 'connect',
      reply: '554 go away',
      by: 'gateway/ip-lists',
    })
  })

  it('is a refusal when one of the recipients is refused for good and none is taken', () => {
    assert.equal(judge(['RCPT', '550 no'], ['RCPT', '450 later']).outcome, 'refused')
    assert.equal(judge(['RCPT', '450 later']).outcome, 'deferred')
  })
})

describe('changes of a header', () => {
  it('are fields that came or went, each as often as it stands there', () => {
    const before = ['From: a\n', 'X: 1\n', 'X: 1\n', 'Subject: s\n']
    const after = ['Y: 2\n', 'From: a via b\n', 'X: 1\n', 'Subject: s\n']
    assert.deepEqual(headerChanges(before, after), {
      fromBefore: ['From: a\n'],
      fromAfter: ['From: a via b\n'],
      added: ['Y: 2\n', 'From: a via b\n'],
      removed: ['From: a\n', 'X: 1\n'],
    })
  })
})
