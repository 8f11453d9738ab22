import assert from 'node:assert/strict'
import type { BodyName, NameSource } from '../../../plugins/lib/mail'
import { createNameCollector } from '../../../plugins/lib/mail/name-collector'

function createRecorder(maxNames: number): {
  readonly add: (host: string, source: NameSource) => void
  readonly end: () => number
  readonly names: string[]
  readonly items: BodyName[]
} {
  const names: string[] = []
  const items: BodyName[] = []
  const collector = createNameCollector(maxNames, (item) => {
    items.push(item)
    names.push(item.kind === 'ip' ? item.ip : item.name)
  })
  return { ...collector, names, items }
}

const range = (count: number): number[] => [...new Array<number>(count).keys()]

describe('name collector', () => {
  it('hands on a name at once, and only once', () => {
    const { add, names } = createRecorder(10)
    add('www.evil.com', 'link')
    assert.deepEqual(names, ['www.evil.com'])
    add('WWW.EVIL.COM', 'link')
    add('www.evil.com.', 'text')
    assert.deepEqual(names, ['www.evil.com'])
  })

  it('says what the name is', () => {
    const { add, items } = createRecorder(10)
    add('a.b.evil.co.uk', 'link')
    add('bad.net', 'address')
    add('198.51.100.7', 'link')
    assert.deepEqual(items, [
      { kind: 'name', name: 'a.b.evil.co.uk', organisationalDomain: 'evil.co.uk', source: 'link' },
      { kind: 'name', name: 'bad.net', organisationalDomain: 'bad.net', source: 'address' },
      { kind: 'ip', ip: '198.51.100.7', source: 'link' },
    ])
  })

  it('leaves out what no list can know', () => {
    const { add, end, names } = createRecorder(10)
    for (const host of [
      'localhost',
      'x.example.com',
      'a.test',
      'co.uk',
      '10.0.0.1',
      '[::1]',
      'www.w3.org',
      'nas.lan',
    ]) {
      add(host, 'link')
    }
    assert.equal(end(), 0)
    assert.deepEqual(names, [])
  })

  it('keeps room for links behind a flood of text', () => {
    const { add, end, names } = createRecorder(10)
    for (const i of range(1000)) add(`text${i}.com`, 'text')
    add('evil.com', 'link')
    assert.deepEqual(names, ['text0.com', 'text1.com', 'text2.com', 'text3.com', 'text4.com', 'evil.com'])
    assert.equal(end(), 991)
    assert.equal(names.length, 10)
  })

  it('lets other organisations go before the many hosts of one', () => {
    const { add, end, names } = createRecorder(10)
    for (const i of range(50)) add(`h${i}.many.com`, 'link')
    assert.equal(names.length, 5)
    add('evil.com', 'link')
    assert.equal(names.at(-1), 'evil.com')
    assert.equal(end(), 41)
    assert.equal(names.length, 10)
  })

  it('lets links go before text that came first', () => {
    const { add, end, names } = createRecorder(4)
    for (const i of range(4)) add(`text${i}.com`, 'text')
    add('text3.com', 'link')
    assert.deepEqual(names, ['text0.com', 'text1.com', 'text3.com'])
    assert.equal(end(), 0)
    assert.deepEqual(names, ['text0.com', 'text1.com', 'text3.com', 'text2.com'])
  })

  it('never hands on more than it may, and counts the rest', () => {
    const { add, end, names } = createRecorder(100)
    for (const i of range(4000)) add(`n${i}.com`, 'link')
    assert.equal(names.length, 100)
    assert.equal(end(), 3900)
  })

  it('skips names that need no lookup', () => {
    const names: string[] = []
    const collector = createNameCollector(
      10,
      (item) => names.push(item.kind === 'ip' ? item.ip : item.name),
      (name) => name.endsWith('ours.com'),
    )
    collector.add('www.ours.com', 'link')
    collector.add('evil.com', 'link')
    assert.deepEqual(names, ['evil.com'])
  })
})
