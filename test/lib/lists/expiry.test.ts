import assert from 'node:assert/strict'
import { expiryAfter, parseExpiry } from '../../../plugins/lib/lists/expiry'
import { parseListFile } from '../../../plugins/lib/lists/list-file'

const now = Date.parse('2026-11-24T15:00:00Z')

describe('expiry of an entry in a list file', () => {
  it('is the end of the day that its comment begins with', () => {
    assert.deepEqual(parseExpiry(' until 2026-12-24 by anna: moved'), {
      kind: 'until',
      at: Date.parse('2026-12-25T00:00:00Z'),
      rest: ' by anna: moved',
    })
  })

  it('is none in other comments', () => {
    for (const comment of ['', ' moved until 2026-12-24', ' until further notice', ' until 2026-12-245']) {
      assert.deepEqual(parseExpiry(comment), { kind: 'none' }, comment)
    }
  })

  it('is a mistake on a day that does not exist', () => {
    for (const day of ['2026-02-30', '2026-13-01']) {
      assert.deepEqual(parseExpiry(` until ${day}`), { kind: 'no date' }, day)
    }
  })

  it('is read as it was written', () => {
    const { text, at } = expiryAfter(now, 7)
    assert.deepEqual(parseExpiry(` ${text}`), { kind: 'until', at, rest: '' })
    assert.ok(at > now + 7 * 86_400_000 - 1)
  })

  it('takes an entry out of the list, and says when the next one goes', async () => {
    const lines = [
      '192.0.2.1 # until 2026-11-23',
      '192.0.2.2 # until 2026-11-24',
      '192.0.2.3',
      'x.test # until 2026-02-30',
    ]
    const { entries, nextExpiry, badLines } = await parseListFile(Buffer.from(lines.join('\n')), { now })
    const listed = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].filter((ip) => entries.find({ kind: 'ip', ip }))
    assert.deepEqual(listed, ['192.0.2.2', '192.0.2.3'])
    assert.equal(nextExpiry, Date.parse('2026-11-25T00:00:00Z'))
    assert.deepEqual(
      badLines.map(({ line }) => line),
      [4],
    )
  })
})
