import assert from 'node:assert/strict'
import { webModule } from '../web-module'

interface Units {
  sizeText(bytes: number): string
  parseSize(text: string): number | undefined
  parseNumber(text: string): number | undefined
  roundTime(seconds: number): readonly [number, string]
}

describe('numbers with units', () => {
  let units: Units
  before(async () => {
    units = await webModule<Units>('forms/units.js')
  })

  it('show sizes in their shortest exact form, and read them back', () => {
    for (const [bytes, text] of [
      [26_214_400, '25 MiB'],
      [1_572_864, '1536 KiB'],
      [26_214_401, '26214401 bytes'],
      [1_099_511_627_776, '1 TiB'],
      [1023, '1023 bytes'],
    ] as const) {
      assert.equal(units.sizeText(bytes), text)
      assert.equal(units.parseSize(text), bytes)
    }
  })

  it('read sizes as people write them', () => {
    for (const [text, bytes] of [
      ['25M', 26_214_400],
      ['25 mb', 26_214_400],
      ['1,5 KiB', 1536],
      ['1.5k', 1536],
      [' 2048 ', 2048],
      ['2048 B', 2048],
      ['', undefined],
      ['MiB', undefined],
      ['-1 MiB', undefined],
      ['25 Mbit', undefined],
      ['1e9', undefined],
    ] as const) {
      assert.equal(units.parseSize(text), bytes, text)
    }
  })

  it('read plain numbers, with a comma or a point', () => {
    assert.equal(units.parseNumber('2,5'), 2.5)
    assert.equal(units.parseNumber('-3'), -3)
    assert.equal(units.parseNumber('0x10'), undefined)
    assert.equal(units.parseNumber(''), undefined)
  })

  it('say times in the largest unit that comes out even', () => {
    assert.deepEqual(units.roundTime(300), [5, 'minute'])
    assert.deepEqual(units.roundTime(86_400), [1, 'day'])
    assert.deepEqual(units.roundTime(90), [90, 'second'])
    assert.deepEqual(units.roundTime(0), [0, 'second'])
  })
})
