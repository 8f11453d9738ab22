import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { createWireForm } from '../../plugins/next-hops/wire-form'

async function wireOf(text: string, pieceBytes: number): Promise<string> {
  const pieces: Buffer[] = []
  for (let start = 0; start < text.length; start += pieceBytes)
    pieces.push(Buffer.from(text.slice(start, start + pieceBytes)))
  const chunks: Buffer[] = []
  for await (const chunk of Readable.from(pieces).pipe(createWireForm())) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('The wire form of a queue file', () => {
  const cases = [
    ['Subject: x\r\n\r\n..body\r\n', 'Subject: x\r\n\r\n..body\r\n.\r\n'],
    ['Subject: x\r\n.odd: y\r\n.\r\n\r\nbody\r\n', 'Subject: x\r\n..odd: y\r\n..\r\n\r\nbody\r\n.\r\n'],
    ['Subject: x\r\n\r\nno line end', 'Subject: x\r\n\r\nno line end\r\n.\r\n'],
    ['.only', '..only\r\n.\r\n'],
    ['', '.\r\n'],
  ] as const

  it('has stuffed dots in the header, too, and a final dot, however it is cut into pieces', async () => {
    for (const [file, wire] of cases) {
      for (const bytes of [1, 2, 3, 1000]) assert.equal(await wireOf(file, bytes), wire, file)
    }
  })
})
