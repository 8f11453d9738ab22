import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createLocalForm } from '../../plugins/next-hops/local-form'

const store = (...chunks: string[]): Promise<string> =>
  text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(createLocalForm()))

const failing = async (...chunks: string[]): Promise<void> => {
  const form = Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(createLocalForm())
  await assert.rejects(text(form), /broke off/)
}

describe('The local form of a message', () => {
  it('has LF for CRLF, no stuffed dots and no final dot', async () => {
    assert.equal(await store('a\r\n..\r\n..b\r\n...\r\nc.\r\n\r\n.\r\n'), 'a\n.\n.b\n..\nc.\n\n')
  })

  it('is the same however the bytes are cut', async () => {
    const wire = 'Subject: x\r\n\r\n..dot\r\nlast\r\n.\r\n'
    for (let at = 0; at <= wire.length; at += 1) {
      assert.equal(await store(wire.slice(0, at), wire.slice(at)), 'Subject: x\n\n.dot\nlast\n', String(at))
    }
    assert.equal(await store(...wire.split('')), 'Subject: x\n\n.dot\nlast\n')
  })

  it('keeps a lone CR', async () => {
    assert.equal(await store('a\rb\r\r\n.\r\n'), 'a\rb\r\n')
  })

  it('may be empty', async () => {
    assert.equal(await store('.\r\n'), '')
  })

  it('fails without the final dot', async () => {
    await failing('a\r\n')
    await failing('a\r\n.')
    await failing('a\r\n..\r\n')
    await failing()
  })
})
