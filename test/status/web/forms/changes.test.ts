import assert from 'node:assert/strict'
import { applyChanges as applyOnServer } from '../../../../plugins/lib/settings/edit/change'
import { webModule } from '../web-module'

type Path = readonly (string | number)[]
interface Change {
  readonly path: Path
  readonly value?: unknown
}
interface Changes {
  differences(before: unknown, after: unknown): Change[]
  applyChanges(values: unknown, changes: readonly Change[]): unknown
  edit(base: unknown, changes: readonly Change[], path: Path, value: unknown): Change[]
  undo(changes: readonly Change[], path: Path): Change[]
  isChanged(changes: readonly Change[], path: Path): boolean
  meetings(
    current: unknown,
    mine: readonly Change[],
    mergeable: readonly Change[],
  ): { readonly kind: string; readonly theirs: unknown }[]
}

const base = {
  listen: { smtp: false, other: [2525] },
  next_hops: { 'example.com': { host: 'a', port: 25 } },
  shadow: false,
}

describe('changes of a draft', () => {
  let changes: Changes
  before(async () => {
    changes = await webModule<Changes>('forms/changes.js')
  })

  it('are as small as what was entered', () => {
    const after = { ...base, listen: { smtp: true, other: [2525, 2526] } }
    assert.deepEqual(changes.differences(base, after), [
      { path: ['listen', 'smtp'], value: true },
      { path: ['listen', 'other'], value: [2525, 2526] },
    ])
  })

  it('vanish when the old value is entered again', () => {
    const one = changes.edit(base, [], ['shadow'], true)
    assert.deepEqual(one, [{ path: ['shadow'], value: true }])
    assert.deepEqual(changes.edit(base, one, ['shadow'], false), [])
  })

  it('within a new entry are part of it', () => {
    const added = changes.edit(base, [], ['next_hops', 'example.net'], { host: '' })
    const filled = changes.edit(base, added, ['next_hops', 'example.net', 'host'], 'mx')
    assert.deepEqual(filled, [{ path: ['next_hops', 'example.net'], value: { host: 'mx' } }])
  })

  it('of a whole replace those of its parts', () => {
    const part = changes.edit(base, [], ['next_hops', 'example.com', 'port'], 26)
    const removed = changes.edit(base, part, ['next_hops', 'example.com'], undefined)
    assert.deepEqual(removed, [{ path: ['next_hops', 'example.com'] }])
    assert.deepEqual(changes.edit(base, removed, ['next_hops', 'example.com'], { host: 'a', port: 25 }), [])
  })

  it('to another form of a map replace it, and do not leave its keys behind', () => {
    const maildir = changes.edit(base, [], ['next_hops', 'example.com'], { maildir: 'mail' })
    assert.deepEqual(maildir, [{ path: ['next_hops', 'example.com'], value: { maildir: 'mail' } }])
  })

  it('can be taken back one by one', () => {
    const both = changes.edit(base, changes.edit(base, [], ['shadow'], true), ['listen', 'smtp'], true)
    assert.ok(changes.isChanged(both, ['listen']))
    const left = changes.undo(both, ['listen'])
    assert.deepEqual(left, [{ path: ['shadow'], value: true }])
    assert.ok(!changes.isChanged(left, ['listen']))
  })

  it('mean to the server what they mean to the page', () => {
    const all = [
      { path: ['listen', 'other'], value: [] },
      { path: ['next_hops', 'example.com'] },
      { path: ['next_hops', 'b.example', 'host'], value: 'b' },
      { path: ['greeting'], value: ['hello'] },
      { path: ['nowhere', 'at', 'all'] },
    ]
    const served = applyOnServer(base, all)
    assert.deepEqual(changes.applyChanges(base, all), served.kind === 'ok' ? served.value : undefined)
  })

  it('leave inherited names alone', () => {
    const next = changes.applyChanges({}, [{ path: ['__proto__', 'polluted'], value: true }])
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(Object.getPrototypeOf(next), Object.prototype)
    assert.deepEqual(changes.differences({}, { constructor: 1 }), [{ path: ['constructor'], value: 1 }])
  })

  it('meet those of others: free, the same, or colliding', () => {
    const current = { ...base, shadow: true, listen: { smtp: true, other: [25] } }
    const mine = [
      { path: ['shadow'], value: true },
      { path: ['listen', 'other'], value: [2526] },
      { path: ['next_hops', 'example.com', 'port'], value: 26 },
    ]
    const met = changes.meetings(current, mine, mine.slice(2))
    assert.deepEqual(
      met.map(({ kind }) => kind),
      ['same', 'collides', 'free'],
    )
    assert.deepEqual(met[1]?.theirs, [25])
  })
})
