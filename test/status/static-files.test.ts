import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { loadStaticFiles } from '../../plugins/status/static-files'

describe('Files of the page', () => {
  const text = 'body { color: #222 }\n'.repeat(200)
  let folder: string
  let server: Server

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'static-'))
    writeFileSync(join(folder, 'base.css'), text)
    const files = loadStaticFiles(folder)
    server = createServer((request, response) => void files.send('base.css', request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  const ask = async (headers: Record<string, string>): Promise<{ answer: IncomingMessage; body: Buffer }> => {
    const { port } = server.address() as AddressInfo
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get({ port, host: '127.0.0.1', headers }, resolve),
    )
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk as Buffer)
    return { answer, body: Buffer.concat(chunks) }
  }

  it('come as the browser wants them, the first time and later', async () => {
    const decoders = { br: brotliDecompressSync, gzip: gunzipSync }
    for (const encoding of ['br', 'gzip', 'br', 'gzip'] as const) {
      const { answer, body } = await ask({ 'accept-encoding': `deflate, ${encoding}` })
      assert.equal(answer.headers['content-encoding'], encoding)
      assert.equal(Number(answer.headers['content-length']), body.length)
      assert.ok(body.length < text.length / 10)
      assert.equal(decoders[encoding](body).toString(), text)
    }
  })

  it('come plain to whoever understands nothing else, and not at all to whoever has them', async () => {
    const { answer, body } = await ask({ 'accept-encoding': 'br;q=0' })
    assert.equal(answer.headers['content-encoding'], undefined)
    assert.equal(body.toString(), text)
    const known = await ask({ 'if-none-match': answer.headers.etag ?? '' })
    assert.equal(known.answer.statusCode, 304)
  })
})
