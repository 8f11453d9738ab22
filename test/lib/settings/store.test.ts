import assert from 'node:assert/strict'
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../plugins/lib/log'
import {
  createSettingsStore,
  SettingsInvalid,
  type SettingsSnapshot,
  type SettingsStore,
} from '../../../plugins/lib/settings/store'
import { createSettingsDir, removeSettingsDirs } from './settings-dir'
import { mismatchedPem, otherPem, pem } from './pem'

const pollMs = 10
const size = (limit: number): string => `message_size:\n  limit: ${limit}\n`

interface Running {
  readonly dir: string
  readonly store: SettingsStore
  readonly lines: string[]
  readonly write: (text: string, file?: string) => void
}

describe('settings store', () => {
  const stores: SettingsStore[] = []
  afterEach(() => {
    for (const store of stores.splice(0)) store.close()
    removeSettingsDirs()
  })

  function start(settings: string, secrets?: string): Running {
    const dir = createSettingsDir(settings, secrets)
    const lines: string[] = []
    const store = createSettingsStore({
      configDir: dir,
      hostname: 'gw.example',
      checks: [],
      log: logTo(lines),
      pollMs,
    })
    stores.push(store)
    const write = (text: string, file = 'gateway.yaml'): void => {
      writeFileSync(join(dir, file), text, { mode: 0o600 })
    }
    return { dir, store, lines, write }
  }

  it('has the settings of the files from the start, frozen', () => {
    const { store } = start(size(5000), 'providers: { step3it: { key: sesame } }')
    const { settings, secrets } = store.current()
    assert.equal(settings.message_size.limit, 5000)
    assert.equal(secrets.providers.step3it?.key, 'sesame')
    assert.equal(store.status().kind, 'ok')
    assert.throws(() => Object.assign(settings.message_size, { limit: 1 }), TypeError)
    assert.throws(() => Object.assign(secrets.providers.step3it ?? {}, { key: '' }), TypeError)
  })

  it('does not start on settings that are not valid, and says each error', () => {
    const dir = createSettingsDir('lisen: {}\nmessage_size: { limit: 3 }\n')
    const options = { configDir: dir, hostname: 'gw.example', checks: [], log: logTo([]) }
    assert.throws(
      () => createSettingsStore(options),
      (error) =>
        error instanceof SettingsInvalid && error.errors.length === 2 && error.message.includes('lisen'),
    )
  })

  for (const [state, text] of [
    ['empty', ''],
    ['blank', ' \n\n'],
  ] as const) {
    it(`does not start on ${state} settings, which a crash may have left behind`, () => {
      const dir = createSettingsDir(text)
      const options = { configDir: dir, hostname: 'gw.example', checks: [], log: logTo([]) }
      assert.throws(() => createSettingsStore(options), /gateway\.yaml: is empty: restore it, or write \{\}/)
    })
  }

  it('applies an edit in place and tells which keys changed', async () => {
    const { store, lines, write } = start(size(5000))
    const told: [SettingsSnapshot, readonly string[]][] = []
    store.onChange((snapshot, changed) => told.push([snapshot, changed]))
    const before = store.current()
    write(`${size(6000)}greeting: [hello]\n`)
    await until(() => told.length > 0)
    const [[snapshot, changed] = assert.fail()] = told
    assert.deepEqual(changed, ['greeting', 'message_size'])
    assert.equal(snapshot.settings.message_size.limit, 6000)
    assert.equal(store.current().settings.message_size.limit, 6000)
    assert.equal(before.settings.message_size.limit, 5000)
    assert.notEqual(store.current().version, before.version)
    assert.deepEqual(lines, ['notice settings applied: greeting, message_size'])
  })

  it('applies a file that is renamed into place', async () => {
    const { dir, store, write } = start(size(5000))
    write(size(6000), 'gateway.yaml.new')
    renameSync(join(dir, 'gateway.yaml.new'), join(dir, 'gateway.yaml'))
    await until(() => store.current().settings.message_size.limit === 6000)
  })

  it('applies a file that is deleted and written again', async () => {
    const { dir, store, write } = start(size(5000))
    rmSync(join(dir, 'gateway.yaml'))
    write(size(6000))
    await until(() => store.current().settings.message_size.limit === 6000)
  })

  it('reads a file that is written twice only once it keeps still', async () => {
    const { store, lines, write } = start(size(5000))
    for (let round = 0; round < 30; round++) {
      write('message_size:\n  limit: half-writ')
      await sleep(1)
      write(size(6000 + round))
      await sleep(1)
    }
    await until(() => store.current().settings.message_size.limit === 6029)
    assert.deepEqual(
      lines.filter((line) => line.startsWith('error')),
      [],
    )
  })

  it('keeps the settings in force over a bad edit, says once what is wrong, and takes the good edit after it', async () => {
    const { store, lines, write } = start(size(5000))
    let calls = 0
    store.onChange(() => calls++)
    write('message_size:\n  limit: 12\n')
    await until(() => store.status().kind === 'invalid')
    await sleep(pollMs * 10)
    assert.equal(store.current().settings.message_size.limit, 5000)
    assert.equal(calls, 0)
    assert.deepEqual(lines, [
      'error settings: config/gateway.yaml:2: message_size.limit: 12: must be a whole number of at least 1024 (bytes)',
      'error settings: the last good settings stay in force until this is mended',
    ])
    write(size(6000))
    await until(() => store.status().kind === 'ok')
    assert.equal(store.current().settings.message_size.limit, 6000)
    assert.equal(lines.at(-1), 'notice settings applied: message_size')
  })

  it('says of a second bad edit only what is new', async () => {
    const { store, lines, write } = start(size(5000))
    write('dns: { timeout: 1 }\n')
    await until(() => store.status().kind === 'invalid')
    write('dns: { timeout: 1 }\nlisen: {}\n')
    await until(() => lines.some((line) => line.includes('lisen')))
    assert.equal(lines.filter((line) => line.includes('dns.timeout')).length, 1)
  })

  it('is content again when a bad edit is taken back', async () => {
    const { store, lines, write } = start(size(5000))
    let calls = 0
    store.onChange(() => calls++)
    write('listen: 5\n')
    await until(() => store.status().kind === 'invalid')
    write(size(5000))
    await until(() => store.status().kind === 'ok')
    assert.equal(calls, 0)
    assert.match(lines.at(-1) ?? '', /valid again/)
  })

  it('keeps the settings in force when the file is deleted, and says so once', async () => {
    const { dir, store, lines } = start(size(5000))
    rmSync(join(dir, 'gateway.yaml'))
    await until(() => store.status().kind === 'invalid')
    await sleep(pollMs * 10)
    assert.equal(store.current().settings.message_size.limit, 5000)
    assert.equal(lines.filter((line) => line.includes('does not exist')).length, 1)
  })

  it('takes an empty file for a write under way and a {} for all defaults', async () => {
    const { store, write } = start(size(5000))
    write('')
    await until(() => store.status().kind === 'invalid')
    assert.equal(store.current().settings.message_size.limit, 5000)
    write('{}\n')
    await until(() => store.status().kind === 'ok')
    assert.equal(store.current().settings.message_size.limit, 26_214_400)
  })

  it('takes a file that stops within a line for cut off, though it is valid as far as it goes', async () => {
    const text = `${size(5000)}next_hops:\n  example.com: { maildir: a }\n  example.org: { maildir: b }\n`
    const { store, lines, write } = start(text)
    write(text.slice(0, text.indexOf('  example.org') - 1))
    await until(() => store.status().kind === 'invalid')
    assert.ok('example.org' in store.current().settings.next_hops)
    assert.match(lines[0] ?? '', /ends within a line/)
    write(text.slice(0, text.indexOf('  example.org')))
    await until(() => store.status().kind === 'ok')
    assert.ok(!('example.org' in store.current().settings.next_hops))
  })

  it('refuses secrets that others can read, with the line that mends it, and takes them when it is run', async () => {
    const { dir, store, lines, write } = start(size(5000), '{}\n')
    const path = join(dir, 'gateway.secrets.yaml')
    writeFileSync(path, 'providers: { step3it: { key: sesame } }')
    chmodSync(path, 0o640)
    await until(() => store.status().kind === 'invalid')
    assert.match(lines[0] ?? '', new RegExp(`mode 0640\\): run {2}chmod 600 ${path}$`))
    assert.deepEqual(store.current().secrets.providers, {})
    chmodSync(path, 0o600)
    await until(() => store.status().kind === 'ok')
    assert.equal(store.current().secrets.providers.step3it?.key, 'sesame')
    assert.equal(lines.at(-1), 'notice settings applied: providers')
    write('providers: { step3it: { kee: sesame } }', 'gateway.secrets.yaml')
    await until(() => store.status().kind === 'invalid')
    assert.ok(!lines.join('\n').includes('sesame'))
  })

  it('keeps the secrets in force when their file is deleted or emptied', async () => {
    const { dir, store, write } = start(size(5000), 'providers: { step3it: { key: sesame } }\n')
    rmSync(join(dir, 'gateway.secrets.yaml'))
    await until(() => store.status().kind === 'invalid')
    assert.equal(store.current().secrets.providers.step3it?.key, 'sesame')
    write('{}\n', 'gateway.secrets.yaml')
    await until(() => store.status().kind === 'ok')
    assert.deepEqual(store.current().secrets.providers, {})
  })

  it('takes secrets that come into being later', async () => {
    const { store, write } = start(size(5000))
    write('providers: { abusix: { key: sesame } }\n', 'gateway.secrets.yaml')
    await until(() => store.current().secrets.providers.abusix?.key === 'sesame')
  })

  it('goes on to the other listeners when one throws or rejects', async () => {
    const { store, lines, write } = start(size(5000))
    let calls = 0
    store.onChange(() => {
      throw new Error('first is broken')
    })
    store.onChange(() => Promise.reject(new Error('second is broken')))
    const leave = store.onChange(() => calls++)
    write(size(6000))
    await until(() => lines.length === 3)
    assert.equal(calls, 1)
    assert.match(lines.join('\n'), /first is broken[\s\S]*second is broken/)
    leave()
    write(size(7000))
    await until(() => store.current().settings.message_size.limit === 7000)
    assert.equal(calls, 1)
  })

  it('tells of a renewed certificate, and keeps quiet about one that does not fit its key', async () => {
    const { store, write } = start('{}\n')
    const told: string[] = []
    store.onChange((_, changed) => told.push(changed.join()))
    write('tls: { certificate: tls.pem }\n')
    await until(() => store.status().kind === 'invalid')
    write(pem, 'tls.pem')
    await until(() => told.length === 1)
    write(mismatchedPem, 'tls.pem')
    await until(() => store.status().kind === 'invalid')
    write(otherPem, 'tls.pem')
    await until(() => told.length === 2)
    assert.deepEqual(told, ['tls', 'tls'])
  })

  it('stops looking when it is closed', async () => {
    const { store, write } = start(size(5000))
    store.close()
    write(size(6000))
    await sleep(pollMs * 10)
    assert.equal(store.current().settings.message_size.limit, 5000)
  })
})

function logTo(lines: string[]): Log {
  const at = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
  return { debug: at('debug'), info: at('info'), notice: at('notice'), warn: at('warn'), error: at('error') }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'the store did not get there in time')
    await sleep(5)
  }
}
