import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestCertificate } from '../support/certificate'
import { freePort } from '../support/free-port'
import { tool } from '../support/gateway'

describe('haraka-gateway validate', function () {
  this.timeout(60_000)
  let dir: string
  let blocker: Server | undefined

  /** Not spawnSync: the port that is in use is in use by this process. */
  const run = (...args: string[]): Promise<{ code: number | null; output: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [tool, ...args])
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child.once('close', (code) => {
        resolve({ code, output })
      })
    })
  const write = (name: string, text: string): void => {
    writeFileSync(join(dir, 'config', name), text)
  }
  const settings = (port: number, certificate = ''): void => {
    write(
      'gateway.yaml',
      `listen: { address: 127.0.0.1, smtp: false, other: [${port}] }\ntls: { certificate: '${certificate}' }\n`,
    )
  }

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'gateway-validate-'))
    assert.equal((await run('init', dir)).code, 0)
    write('me', 'mx.gateway.test\n')
  })
  after(() => {
    blocker?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('has nothing to say about settings that work', async () => {
    const { key, certificate } = createTestCertificate(['mx.gateway.test'])
    write('tls.pem', key + certificate)
    settings(await freePort(), 'tls.pem')
    assert.deepEqual(await run('validate', dir), { code: 0, output: 'settings are valid\n' })
  })

  it('warns of a port that is in use and of a certificate for another name', async () => {
    blocker = createServer()
    await new Promise<void>((resolve) => blocker?.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as AddressInfo
    const { key, certificate } = createTestCertificate(['mx.elsewhere.test'])
    write('tls.pem', key + certificate)
    settings(port, 'tls.pem')
    const { code, output } = await run('validate', dir)
    assert.equal(code, 0)
    assert.match(
      output,
      new RegExp(`^warning: listen: cannot listen on 127\\.0\\.0\\.1:${port}: .* in use`, 'm'),
    )
    assert.match(
      output,
      /^warning: tls\.certificate: "tls\.pem": .*mx\.elsewhere\.test, not for mx\.gateway\.test/m,
    )
    assert.match(output, /^settings are valid$/m)
  })

  it('refuses a certificate past its date', async () => {
    const { key, certificate } = createTestCertificate(['mx.gateway.test'], { daysUntilExpiry: -1 })
    write('tls.pem', key + certificate)
    settings(await freePort(), 'tls.pem')
    const { code, output } = await run('validate', dir)
    assert.equal(code, 1)
    assert.match(output, /^tls\.certificate: "tls\.pem": expired on \d{4}-.*: renew it$/m)
  })
})
