import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHistory, type History } from '../../../../plugins/lib/settings/save/history'

describe('history of the settings', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'gateway-history-')), 'history')
  })
  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true, force: true })
  })

  function add(history: History, version: string, text: string, time = 1_790_000_000_000): string {
    const { id, file } = history.prepare(
      { time, by: 'anna', via: 'ui', version, summary: ['dns.timeout'] },
      text,
    )
    file.commit()
    return id
  }

  it('has versions with their texts, newest first, in files that nobody else can read', () => {
    const history = createHistory({ folder })
    const first = add(history, 'a', 'one: 1\n# ä\n')
    const second = add(history, 'b', 'two: 2\n')
    assert.deepEqual(
      history.list().map(({ id, version, by }) => [id, version, by]),
      [
        [second, 'b', 'anna'],
        [first, 'a', 'anna'],
      ],
    )
    assert.equal(history.latest()?.version, 'b')
    assert.equal(history.get(first)?.text, 'one: 1\n# ä\n')
    assert.equal(history.textOf('a'), 'one: 1\n# ä\n')
    assert.equal(history.before(second), first)
    assert.equal(history.before(first), undefined)
    assert.equal(statSync(join(folder, first)).mode & 0o777, 0o600)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(readFileSync(join(folder, first), 'utf8').split('\n').slice(1).join('\n'), 'one: 1\n# ä\n')
  })

  it('has nothing before the first, and does not appear before its commit', () => {
    const history = createHistory({ folder })
    assert.deepEqual(history.list(), [])
    const { file } = history.prepare(
      { time: 1_790_000_000_000, by: 'a', via: 'api', version: 'a', summary: [] },
      '',
    )
    assert.deepEqual(history.list(), [])
    file.discard()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('keeps so many and so much, but always the last two', () => {
    const few = createHistory({ folder, maxEntries: 3 })
    for (const version of ['a', 'b', 'c', 'd', 'e']) add(few, version, '')
    few.prune()
    assert.deepEqual(
      few.list().map(({ version }) => version),
      ['e', 'd', 'c'],
    )
    createHistory({ folder, maxBytes: 1 }).prune()
    assert.deepEqual(
      few.list().map(({ version }) => version),
      ['e', 'd'],
    )
  })

  it('is not led out of its folder, and passes over what is no version', () => {
    const history = createHistory({ folder })
    add(history, 'a', '')
    writeFileSync(join(folder, '1790000000009-bad'), 'no JSON\n')
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    writeFileSync(join(folder, '..', '1790000000000-secret'), '{}\nsecret')
    assert.deepEqual(
      history.list().map(({ version }) => version),
      ['a'],
    )
    for (const id of [
      '../1790000000000-secret',
      '..%2f1790000000000-secret',
      '',
      '.',
      'notes.txt',
      '1790000000009-bad',
    ]) {
      assert.equal(history.get(id), undefined, id)
    }
  })
})
