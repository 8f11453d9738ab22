import assert from 'node:assert/strict'
import { createEntrySet } from '../../../plugins/lib/lists/entry-set'

describe('sets of byte strings', () => {
  it('hold what was added and nothing else, however they grow', () => {
    const set = createEntrySet(1)
    const keys = Array.from({ length: 5000 }, (_, at) =>
      Buffer.from(`${'key'.repeat(1 + (at % 9))}${at * 7}!`),
    )
    for (const key of keys) set.add(key, key.length)
    for (const key of keys) set.add(key, key.length)
    assert.equal(set.size, keys.length)
    for (const key of keys) assert.equal(set.has(key, key.length), true)
    for (const key of keys) assert.equal(set.has(key, key.length - 1), false)
  })
})
