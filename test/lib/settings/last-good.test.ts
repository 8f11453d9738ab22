import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../../plugins/lib/log'
import { createSettingsStore, SettingsInvalid } from '../../../plugins/lib/settings/store'

describe('the last good settings', () => {
  let configDir: string
  const lines: string[] = []
  const open = () =>
    createSettingsStore({
      configDir,
      hostname: 'mx.gateway.test',
      checks: [],
      log: { ...silentLog, error: (line) => lines.push(line) },
      lastGood: { folder: join(configDir, 'state') },
    })

  beforeEach(() => {
    configDir = mkdtempSync(join(tmpdir(), 'last-good-'))
    lines.length = 0
    writeFileSync(join(configDir, 'gateway.yaml'), 'greeting: [Welcome]\n')
    writeFileSync(join(configDir, 'gateway.secrets.yaml'), 'providers: { abusix: { key: sesame } }\n')
    chmodSync(join(configDir, 'gateway.secrets.yaml'), 0o600)
  })
  afterEach(() => {
    rmSync(configDir, { recursive: true })
  })

  it('are taken when a process starts while a bad edit stands, and the errors are said', () => {
    open().close()
    writeFileSync(join(configDir, 'gateway.yaml'), 'greetings: [Hello]\n')
    const store = open()
    assert.deepEqual(store.current().settings.greeting, ['Welcome'])
    assert.equal(store.current().secrets.providers.abusix?.key, 'sesame')
    assert.equal(store.status().kind, 'invalid')
    assert.match(lines.join('\n'), /greetings: unknown key/)
    store.close()
  })

  it('are readable for their owner only', () => {
    open().close()
    assert.equal(statSync(join(configDir, 'state', 'settings.json')).mode & 0o777, 0o600)
    assert.equal(statSync(join(configDir, 'state')).mode & 0o777, 0o700)
  })

  it('are not invented: without any, a bad file does not start', () => {
    writeFileSync(join(configDir, 'gateway.yaml'), 'greetings: [Hello]\n')
    assert.throws(() => open(), SettingsInvalid)
  })
})
