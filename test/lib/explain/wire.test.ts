import assert from 'node:assert/strict'
import { toWire } from '../../../plugins/lib/explain/wire'

const wire = (text: string): string => toWire(Buffer.from(text, 'latin1')).bytes.toString('latin1')

describe('a message on its way', () => {
  it('ends its lines in CRLF, stuffs dots and ends with the lone dot', () => {
    assert.equal(wire('A: b\n\n.\n..\n.x\nend\n'), 'A: b\r\n\r\n..\r\n...\r\n..x\r\nend\r\n.\r\n')
    assert.equal(wire('A: b\r\n\r\nend\r\n'), 'A: b\r\n\r\nend\r\n.\r\n')
    assert.equal(wire('.first'), '..first\r\n.\r\n')
    assert.equal(wire(''), '.\r\n')
  })

  it('keeps a lone CR and every byte', () => {
    assert.equal(wire('a\rb\n\xff\x00.\n'), 'a\rb\r\n\xff\x00.\r\n.\r\n')
    assert.equal(wire('a\r.b\n'), 'a\r.b\r\n.\r\n')
  })

  it('counts as SIZE does, and tells 8-bit from 7-bit', () => {
    const { size, isEightBit } = toWire(Buffer.from('a\n.b\n'))
    assert.deepEqual([size, isEightBit], [7, false])
    assert.equal(toWire(Buffer.from('ä')).isEightBit, true)
  })
})
