import assert from 'node:assert/strict'
import { createReplyReader, describeReply, type SmtpReply } from '../../../plugins/lib/smtp/reply'

const read = (...chunks: string[]): SmtpReply[] => {
  const reader = createReplyReader()
  return chunks.flatMap((chunk) => reader.read(Buffer.from(chunk)))
}

describe('SMTP replies', () => {
  it('are read with code, enhanced code and words', () => {
    assert.deepEqual(read('550 5.1.1 No such user\r\n'), [
      { code: 550, enhanced: '5.1.1', lines: ['No such user'] },
    ])
  })

  it('may span several lines, each with the enhanced code or not', () => {
    const [reply] = read('550-5.7.1 Blocked\r\n550-5.7.1 by policy\r\n550 see our site\r\n')
    assert.deepEqual(reply, { code: 550, enhanced: '5.7.1', lines: ['Blocked', 'by policy', 'see our site'] })
  })

  it('come out whole however the bytes are cut', () => {
    const text = '250-hop.test\r\n250-SIZE 100\r\n250 8BITMIME\r\n'
    const bytes = text.split('')
    assert.deepEqual(read(...bytes), read(text))
    assert.equal(read(...bytes).length, 1)
  })

  it('may come several at once', () => {
    assert.deepEqual(
      read('250 a\r\n354 b\r\n221').map(({ code }) => code),
      [250, 354],
    )
  })

  it('may end in a bare LF and have no words', () => {
    assert.deepEqual(read('250\n'), [{ code: 250, enhanced: undefined, lines: [''] }])
  })

  it('keep an enhanced code of another class in the words', () => {
    const [reply] = read('450 5.1.1 odd\r\n')
    assert.equal(reply?.enhanced, undefined)
    assert.equal(reply && describeReply(reply), '5.1.1 odd')
  })

  it('are refused when they are no replies', () => {
    for (const garbage of [
      'SSH-2.0-OpenSSH_9\r\n',
      '\r\n',
      '99 x\r\n',
      '650 x\r\n',
      '250-a\r\n550 b\r\n',
      '2500\r\n',
    ]) {
      assert.throws(() => read(garbage), { name: 'SmtpError', kind: 'protocol' }, JSON.stringify(garbage))
    }
  })

  it('are bounded in the length and the number of their lines', () => {
    assert.throws(() => read(`250 ${'x'.repeat(5000)}`), { kind: 'protocol' })
    assert.throws(() => read('250-x\r\n'.repeat(1000)), { kind: 'protocol' })
  })
})
