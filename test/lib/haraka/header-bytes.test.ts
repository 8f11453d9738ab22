import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { keepHeaderBytes, sentFields } from '../../../plugins/lib/haraka/header-bytes'
import type { HarakaTransaction } from '../../../plugins/lib/haraka/types'

const haraka = createRequire(__filename)('haraka/transaction') as {
  createTransaction(uuid: string, cfg: object): HarakaTransaction & { end_data(done: () => void): void }
}

async function receive(message: Buffer, encoding: BufferEncoding): Promise<HarakaTransaction> {
  const transaction = haraka.createTransaction('TEST', { main: {}, headers: {} })
  transaction.encoding = encoding
  keepHeaderBytes(transaction)
  for (const line of message.toString('latin1').split(/(?<=\n)/))
    transaction.add_data(Buffer.from(line, 'latin1'))
  await new Promise<void>((resolve) => {
    transaction.end_data(resolve)
  })
  return transaction
}

const written = ({ message_stream: stream }: HarakaTransaction): Promise<Buffer> =>
  new Promise((resolve) => {
    stream.get_data(resolve)
  })

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const message = Buffer.concat([
  latin1('Subject: gr\xfc\xdfe\r\n f\xfcr alle\r\nX: \xe9\r\nX: \xe8\r\n..dot\xe9: x\r\n'),
  Buffer.from('X-Utf8: grüße\r\n'),
  latin1('\r\nb\xf6dy\r\n'),
])

describe('header bytes', () => {
  for (const encoding of ['utf8', 'binary'] as const) {
    it(`come out as they came in, read as ${encoding}`, async () => {
      const transaction = await receive(message, encoding)
      const expected = message.toString('latin1').replace('..dot', '.dot')
      const out = (await written(transaction)).toString('latin1')
      // A field name that is no ASCII is nobody's.
      const others = (text: string): string => text.replace(/^\.dot[^\n]*\n/m, '')
      assert.equal(others(out), others(expected))
      assert.deepEqual(transaction.header.get_all('x-utf8'), ['grüße\n'])
    })
  }

  it('stay with their text under another name, and are gone when the text changes', async () => {
    const transaction = await receive(message, 'utf8')
    const list = transaction.header.header_list
    list[0] = list[0]?.replace('Subject', 'X-Original-Subject') ?? ''
    list[1] = 'X: changed\n'
    const [first, second, third] = sentFields(transaction)
    assert.deepEqual(first, latin1('X-Original-Subject: gr\xfc\xdfe\r\n f\xfcr alle\r\n'))
    assert.deepEqual(second, latin1('X: changed\r\n'))
    assert.equal(third?.toString('latin1').startsWith('X: '), true)
  })

  it('leave the text that plugins read alone', async () => {
    const transaction = await receive(message, 'binary')
    assert.equal(transaction.header.get('subject'), 'gr\ufffd\ufffde\n f\ufffdr alle\n')
    assert.equal(typeof transaction.header.header_list[0], 'string')
  })
})
