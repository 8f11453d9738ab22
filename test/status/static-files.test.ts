import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
    mkdirSync(join(folder, 'pages'))
    writeFileSync(join(folder, 'base.css'), text)
    writeFileSync(
      join(folder, 'index.html'),
      '<head><link rel="x" href="base.css" /><a href="https://a.example">a</a><script src="main.js"></script></head>',
    )
    writeFileSync(join(folder, 'main.js'), "import {\n  a,\n} from './a.js'\nimport './b.js'\n")
    for (const name of ['a.js', 'b.js', 'c.js', 'unused.js'])
      writeFileSync(join(folder, name), `// ${name}\n`)
    writeFileSync(join(folder, 'pages', 'overview.js'), "export { c } from '../c.js'\n")
    const files = loadStaticFiles(folder)
    server = createServer((request, response) => {
      const path = request.url?.slice(1) ?? ''
      if (files.has(path)) void files.send(path, request, response)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  const ask = async (
    headers: Record<string, string>,
    path = 'base.css',
  ): Promise<{ answer: IncomingMessage; body: Buffer }> => {
    const { port } = server.address() as AddressInfo
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get({ port, host: '127.0.0.1', headers, path: `/${path}` }, resolve),
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

  it('are kept by the browser under an address that changes with them, and told of all modules at once', async () => {
    const index = (await ask({}, 'index.html')).body.toString()
    const [, assets = ''] = /href="(assets\/[\w-]{16})\/base\.css"/.exec(index) ?? []
    assert.ok(index.includes(`<script src="${assets}/main.js">`), index)
    assert.ok(index.includes('href="https://a.example"'), index)
    const preloaded = [...index.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(
      ([, path]) => path,
    )
    const modules = ['a.js', 'b.js', 'c.js', 'main.js', 'pages/overview.js']
    assert.deepEqual(
      preloaded.toSorted(),
      modules.map((path) => `${assets}/${path}`),
    )
    for (const path of [...modules, 'unused.js', 'base.css']) {
      const { answer } = await ask({}, `${assets}/${path}`)
      assert.equal(answer.statusCode, 200, path)
      assert.match(answer.headers['cache-control'] ?? '', /immutable/)
    }
    for (const path of ['index.html', 'main.js'])
      assert.equal((await ask({}, path)).answer.headers['cache-control'], 'no-cache')
    writeFileSync(join(folder, 'a.js'), '// another version\n')
    const next = loadStaticFiles(folder)
    assert.ok(next.has('a.js') && !next.has(`${assets}/a.js`) && !next.has(`${assets}/b.js`))
  })
})
