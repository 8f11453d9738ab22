import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { createPieces } from '../../plugins/next-hops/pieces'

describe('Pieces of a message', () => {
  it('are large, whatever the lines they come in, and change nothing', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => Buffer.from(`line ${index}\r\n`))
    const pieces = createPieces()
    const sizes: number[] = []
    pieces.on('data', (piece: Buffer) => sizes.push(piece.length))
    const all = buffer(pieces)
    for (const line of lines) pieces.write(line)
    pieces.end()
    assert.ok((await all).equals(Buffer.concat(lines)))
    assert.ok(sizes.length < 10, `${sizes.length} pieces`)
  })

  it('hand on what is little, and nothing for nothing', async () => {
    const little = createPieces()
    little.end('.\r\n')
    assert.equal((await buffer(little)).toString(), '.\r\n')
    const nothing = createPieces()
    nothing.end()
    assert.equal((await buffer(nothing)).length, 0)
  })
})
