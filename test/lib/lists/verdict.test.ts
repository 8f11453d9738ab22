import assert from 'node:assert/strict'
import type { Finding, Item, ListAction, Listing } from '../../../plugins/lib/lists/types'
import { explainListing, findAllowing, judge } from '../../../plugins/lib/lists/verdict'

const item: Item = { kind: 'ip', ip: '192.0.2.1' }

function listing(listId: string, action: ListAction, score = 0, meaning = 'listed'): Listing {
  const codes = [{ code: '127.0.0.2', meaning, action }]
  return { kind: 'listed', listId, list: `List ${listId}`, item, codes, action, score, ms: 1 }
}

const useless: readonly Finding[] = [
  { kind: 'clear', listId: 'c', list: 'Clear', item, ms: 1 },
  { kind: 'error', listId: 'e', list: 'Error', item, reason: 'gives no answer', ms: 1 },
  { kind: 'skipped', listId: 's', list: 'Skipped', item, reason: 'suspended' },
]

describe('verdicts', () => {
  it('let pass what no list lists, and what lists cannot tell (fail open)', () => {
    assert.deepEqual(judge([], { rejectScore: 5 }), { kind: 'pass', score: 0, scored: [], notes: [] })
    assert.equal(judge(useless, { rejectScore: 0.1 }).kind, 'pass')
  })

  it('reject for the first listing that rejects, and tell all that do', () => {
    const findings = [...useless, listing('a', 'note'), listing('b', 'reject'), listing('c', 'reject')]
    const verdict = judge(findings, { rejectScore: 5 })
    assert(verdict.kind === 'reject')
    assert.equal(verdict.because, 'listing')
    assert.equal(verdict.finding.listId, 'b')
    assert.deepEqual(
      verdict.by.map(({ listId }) => listId),
      ['b', 'c'],
    )
    assert.deepEqual(
      verdict.notes.map(({ listId }) => listId),
      ['a'],
    )
  })

  it('reject when the scores of several lists add up to the limit, and not before', () => {
    const findings = [listing('a', 'score', 2), listing('b', 'score', 2.9)]
    assert.equal(judge(findings, { rejectScore: 5 }).kind, 'pass')
    const verdict = judge([...findings, listing('c', 'score', 0.1)], { rejectScore: 5 })
    assert(verdict.kind === 'reject')
    assert.equal(verdict.because, 'score')
    assert.equal(verdict.score, 5)
    assert.equal(verdict.by.length, 3)
  })

  it('count a list once, however many items it lists', () => {
    const same = Array.from({ length: 9 }, () => listing('nod', 'score', 1))
    const verdict = judge(same, { rejectScore: 5 })
    assert.equal(verdict.kind, 'pass')
    assert.equal(verdict.score, 1)
  })

  it('let a list speak for the sender with a negative score', () => {
    const findings = [listing('a', 'score', 5), listing('good', 'score', -2)]
    const verdict = judge(findings, { rejectScore: 5 })
    assert.equal(verdict.kind, 'pass')
    assert.equal(verdict.score, 3)
  })

  it('find the listing that allows', () => {
    assert.equal(findAllowing([...useless, listing('a', 'note')]), undefined)
    assert.equal(findAllowing([...useless, listing('a', 'note'), listing('b', 'allow')])?.listId, 'b')
  })

  it('explain a listing to strangers', () => {
    assert.equal(explainListing(listing('a', 'reject')), '192.0.2.1 is listed in List a')
    const codes = [
      { code: '127.0.0.2', meaning: 'SBL: spam', action: 'reject' },
      { code: '127.0.0.10', meaning: 'PBL: end user', action: 'note' },
    ] as const
    const name = { kind: 'name', name: 'bad.example' } as const
    assert.equal(
      explainListing({ ...listing('a', 'reject'), item: name, codes }),
      'bad.example is listed in List a (SBL: spam)',
    )
  })
})
