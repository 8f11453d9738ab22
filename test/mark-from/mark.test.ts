import assert from 'node:assert/strict'
import { examples } from './examples'
import { marked } from './marking'

describe('mark-from examples', () => {
  for (const [from, envelope, expected] of examples) {
    it(`${from} by ${envelope} ${expected === null ? 'stays' : `becomes ${expected}`}`, () => {
      assert.equal(marked(from, envelope), expected)
    })
  }
})
