import assert from 'node:assert/strict'
import { webModule } from '../web-module'

interface ListEntry {
  readonly by: string
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}
interface ListEntries {
  readEntry(written: unknown, bare: 'zone' | 'list'): ListEntry
  writeEntry(entry: ListEntry): unknown
  toggleEntry(entries: readonly unknown[], name: string, isWanted: boolean): readonly unknown[]
}

describe('entries of lists', () => {
  let entries: ListEntries
  before(async () => {
    entries = await webModule<ListEntries>('forms/list-entry.js')
  })

  it('are written as short as they can be, and read back', () => {
    for (const written of [
      'bl.example.net',
      { zone: 'bl.example.net', action: 'score', score: 2 },
      { file: 'lists/a.txt' },
      { file: 'lists/a.txt', name: 'a' },
    ]) {
      assert.deepEqual(entries.writeEntry(entries.readEntry(written, 'zone')), written)
    }
    assert.equal(entries.writeEntry({ by: 'list', name: 'black', options: { action: undefined } }), 'black')
    assert.equal(entries.writeEntry({ by: 'zone', name: 'z', options: { name: '', codes: {} } }), 'z')
  })

  it('of a provider are switched on and off, and keep their options and their order', () => {
    const before = ['black', { list: 'policy', action: 'note' }]
    assert.deepEqual(entries.toggleEntry(before, 'exploit', true), [...before, 'exploit'])
    assert.deepEqual(entries.toggleEntry(before, 'policy', true), before)
    assert.deepEqual(entries.toggleEntry(before, 'policy', false), ['black'])
    assert.deepEqual(entries.toggleEntry(before, 'authbl', false), before)
  })
})
