import assert from 'node:assert/strict'
import { parseCodePattern, parseOctets } from '../../../plugins/lib/lists/code-pattern'

function matches(pattern: string, answer: string): boolean {
  const octets = parseOctets(answer)
  assert(octets, answer)
  return parseCodePattern(pattern).matches(octets)
}

describe('patterns of return codes', () => {
  it('match one answer, a range in any octet, any value, or a bit', () => {
    const cases: [pattern: string, hits: string[], misses: string[]][] = [
      ['127.0.0.2', ['127.0.0.2'], ['127.0.0.3', '127.0.1.2', '128.0.0.2']],
      ['127.0.0.10-11', ['127.0.0.10', '127.0.0.11'], ['127.0.0.9', '127.0.0.12']],
      ['127.0.2-20.3', ['127.0.2.3', '127.0.20.3'], ['127.0.1.3', '127.0.21.3', '127.0.5.2']],
      ['127.0.x.0', ['127.0.9.0', '127.0.255.0'], ['127.1.9.0', '127.0.9.1']],
      ['127.x.x.&8', ['127.0.0.8', '127.9.9.72'], ['127.0.0.64', '127.0.0.7']],
    ]
    for (const [pattern, hits, misses] of cases) {
      for (const hit of hits) assert.equal(matches(pattern, hit), true, `${pattern} ${hit}`)
      for (const miss of misses) assert.equal(matches(pattern, miss), false, `${pattern} ${miss}`)
    }
  })

  it('refuse what is no code', () => {
    for (const bad of [
      '',
      '127.0.0',
      '127.0.0.2.3',
      '127.0.0.256',
      '127.0.0.11-10',
      '127.0.0.y',
      '127..0.2',
    ]) {
      assert.throws(() => parseCodePattern(bad), /must be a return code/, bad)
    }
  })

  it('read answers as IPv4 addresses only', () => {
    assert.deepEqual(parseOctets('127.0.0.2'), [127, 0, 0, 2])
    for (const bad of ['', '127.0.0.256', '::1', 'example.com', '127.0.0.2 ']) {
      assert.equal(parseOctets(bad), undefined, bad)
    }
  })
})
