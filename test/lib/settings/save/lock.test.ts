import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModuleKind, transpileModule } from 'typescript'
import { withLock } from '../../../../plugins/lib/settings/save/lock'

describe('the lock of saves', () => {
  let dir: string
  let lock: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gateway-lock-'))
    lock = join(dir, 'settings.lock')
  })
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true })
  })

  it('lets processes count one after the other', async () => {
    const counter = join(dir, 'counter')
    writeFileSync(counter, '0')
    // Plain JavaScript: a compiler in each process would be most of the time.
    const source = readFileSync(join(__dirname, '../../../../plugins/lib/settings/save/lock.ts'), 'utf8')
    const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS } })
    writeFileSync(join(dir, 'lock.js'), outputText)
    const code = `
      const { withLock } = require('./lock.js')
      const { readFileSync, writeFileSync } = require('node:fs')
      const count = async () => {
        for (let n = 0; n < 25; n++) await withLock(${JSON.stringify(lock)}, () => {
          const before = Number(readFileSync('counter', 'utf8'))
          const end = performance.now() + 2
          while (performance.now() < end);
          writeFileSync('counter', String(before + 1))
        }, { waitMs: 15000 })
      }
      count().catch((error) => { console.error(error); process.exit(1) })`
    const run = (): Promise<unknown> =>
      new Promise((resolve) => {
        spawn(process.execPath, ['-e', code], { cwd: dir, stdio: 'inherit' }).once('exit', resolve)
      })
    const codes = await Promise.all([run(), run(), run()])
    assert.deepEqual(codes, [0, 0, 0])
    assert.equal(readFileSync(counter, 'utf8'), '75')
    assert.equal(existsSync(lock), false)
  })

  it('is given back when the action fails', async () => {
    await assert.rejects(
      withLock(lock, () => {
        throw new Error('no')
      }),
      /no/,
    )
    assert.equal(await withLock(lock, () => 'free'), 'free')
  })

  it('is waited for, and not for ever', async () => {
    writeFileSync(lock, 'another')
    await assert.rejects(
      withLock(lock, () => 1, { waitMs: 50 }),
      /another process is saving settings/,
    )
    assert.equal(readFileSync(lock, 'utf8'), 'another')
  })

  it('of a process that died is taken over', async () => {
    writeFileSync(lock, 'another')
    utimesSync(lock, new Date(0), new Date(0))
    assert.equal(await withLock(lock, () => readFileSync(lock, 'utf8') !== 'another'), true)
    assert.equal(existsSync(lock), false)
  })
})
