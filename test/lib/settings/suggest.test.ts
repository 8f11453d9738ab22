import assert from 'node:assert/strict'
import { nearest } from '../../../plugins/lib/settings/suggest'

describe('nearest', () => {
  it('finds what was meant over a letter too many, too few, wrong or swapped', () => {
    const keys = ['host', 'port', 'timeout', 'tls']
    for (const word of ['hosst', 'hst', 'hoxt', 'hsot', 'HOST', 'hosts'])
      assert.equal(nearest(word, keys), 'host', word)
  })

  it('takes hyphens for underscores', () => {
    assert.equal(nearest('Ip-Blocklists', ['ip_allowlists', 'ip_blocklists']), 'ip_blocklists')
  })

  it('suggests nothing for a word that is nothing like any of them', () => {
    for (const word of ['', 'x', 'user', 'frobnicate', 'a'.repeat(100_000)]) {
      assert.equal(nearest(word, ['host', 'tls']), undefined, word.slice(0, 20))
    }
  })
})
