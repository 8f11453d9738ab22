import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiError } from '../../plugins/status/api/route'
import { readJson } from '../../plugins/status/request-body'
import { rawRequest, sendRaw } from '../support/raw-http'

describe('bodies of requests', () => {
  let server: Server
  let url: string
  let deadlineMs: number

  before(async () => {
    server = createServer((request, response) => {
      readJson(request, { maxBytes: 100, deadlineMs }).then(
        (body) => response.end(JSON.stringify(body)),
        (error: unknown) => {
          response.writeHead(error instanceof ApiError ? error.status : 500, { Connection: 'close' }).end()
        },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const post = (...fields: string[]): string =>
    rawRequest('POST /', 'Content-Type: application/json', ...fields)

  it('are given up when they trickle in', async () => {
    deadlineMs = 300
    const answer = await sendRaw({ url }, post('Content-Length: 90'), (socket) => {
      const timer = setInterval(() => socket.write(' '), 50)
      socket.once('close', () => {
        clearInterval(timer)
      })
    })
    assert.equal(answer.status, 408)
  })

  it('are taken up to their limit and not beyond, whether they say their length or not', async () => {
    deadlineMs = 10_000
    const chunked = (length: number): string =>
      `${post('Transfer-Encoding: chunked')}${length.toString(16)}\r\n"${'x'.repeat(length - 2)}"\r\n0\r\n\r\n`
    assert.equal((await sendRaw({ url }, chunked(100))).status, 200)
    assert.equal((await sendRaw({ url }, chunked(101))).status, 413)
    assert.equal((await sendRaw({ url }, `${post('Content-Length: 100')}"${'x'.repeat(98)}"`)).status, 200)
    assert.equal((await sendRaw({ url }, post('Content-Length: 101'))).status, 413)
  })
})
