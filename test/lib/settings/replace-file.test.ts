import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModuleKind, transpileModule } from 'typescript'
import { publicFile, replaceFile, secretFile } from '../../../plugins/lib/settings/replace-file'

const source = join(__dirname, '../../../plugins/lib/settings/replace-file.ts')

describe('replacing a file', () => {
  let dir: string
  let file: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gateway-replace-'))
    file = join(dir, 'gateway.yaml')
  })
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  const mode = (): number => statSync(file).mode & 0o777

  it('keeps who may read it, but secrets are for their owner only', () => {
    replaceFile(file, 'one', publicFile)
    assert.equal(mode(), 0o644)
    chmodSync(file, 0o664)
    replaceFile(file, 'two', publicFile)
    assert.equal(mode(), 0o664)
    replaceFile(file, 'three', secretFile)
    assert.equal(mode(), 0o600)
    assert.deepEqual(readdirSync(dir), ['gateway.yaml'])
  })

  it('follows a link to where the file is', () => {
    const target = join(dir, 'elsewhere.yaml')
    writeFileSync(target, 'one')
    symlinkSync(target, file)
    replaceFile(file, 'two', publicFile)
    assert.equal(readFileSync(target, 'utf8'), 'two')
    assert.ok(lstatSync(file).isSymbolicLink())
  })

  it('leaves the old text, and nothing else, when the disk is full', () => {
    writeFileSync(file, 'old')
    const { outputText } = transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: { module: ModuleKind.CommonJS },
    })
    // A limit on the size of files fails where a full disk does: in the middle of a write.
    const code = `${outputText}
      try { replaceFile('gateway.yaml', 'x'.repeat(1e6), exports.publicFile) } catch ({ code }) { console.log(code) }`
    writeFileSync(join(dir, 'replace.js'), code)
    const { stdout } = spawnSync('sh', ['-c', `ulimit -f 16; exec "${process.execPath}" replace.js`], {
      cwd: dir,
      encoding: 'utf8',
    })
    assert.equal(stdout, 'EFBIG\n')
    assert.equal(readFileSync(file, 'utf8'), 'old')
    assert.deepEqual(readdirSync(dir).sort(), ['gateway.yaml', 'replace.js'])
  })
})
