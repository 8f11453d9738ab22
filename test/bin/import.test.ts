import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkFragment, formatFragment } from '../../plugins/bin/import/fragment'
import { openHarakaFolder } from '../../plugins/bin/import/haraka-folder'
import { importFolder } from '../../plugins/bin/import/import-folder'
import { writeInstance } from '../../plugins/bin/import/write-instance'
import { loadInstanceSettings, openInstance, type Instance } from '../../plugins/bin/instance'
import { tool } from '../support/gateway'

/**
 * Each case is a Haraka instance or a configuration folder with `expected`: the fragment and its remarks, as the
 * tool prints them. Every key there starts with sesame.
 */
const casesFolder = join(__dirname, 'import', 'cases')
const cases = readdirSync(casesFolder)

function fragmentOf(folder: string): string {
  return formatFragment(importFolder(openHarakaFolder(folder)))
}

function caseFolder(name: string): string {
  return join(casesFolder, name)
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-test-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { mode: name.endsWith('secrets.yaml') ? 0o600 : 0o640 })
  }
}

describe('import of list settings', () => {
  for (const name of cases) {
    it(`carries over and says what it could not: ${name}`, () => {
      assert.equal(fragmentOf(caseFolder(name)), readFileSync(join(caseFolder(name), 'expected'), 'utf8'))
    })
  }

  it('makes settings that a gateway takes', () => {
    for (const name of cases) assert.equal(checkFragment(fragmentOf(caseFolder(name))).kind, 'ok', name)
  })

  it('never shows a key', () => {
    for (const name of cases) assert.doesNotMatch(fragmentOf(caseFolder(name)), /sesame|ses ame/i, name)
  })

  it('adds what comes with the installed plugins, as Haraka does', () => {
    write({
      'config/plugins': 'uribl\ndns-list\n',
      'config/uribl.ini': '[uri.example.net]\nbody=1\nno_ip_lookups=1\n[dbl.example.net]\nbody=0\nhelo=1\n',
      'node_modules/haraka-plugin-uribl/config/uribl.ini':
        '[dbl.example.net]\nbody=1\nrdns=1\nenvfrom=1\nmsgid=1\n[own.example.net]\nbody=1\nno_ip_lookups=1\n',
      'node_modules/haraka/node_modules/haraka-plugin-dns-list/config/dns-list.ini':
        '[main]\nzones[]=bl.example.net\nzones[]=wl.example.net\n[wl.example.net]\ntype=allow\n',
    })
    const [settings = ''] = fragmentOf(folder).split('\n\n')
    assert.equal(
      settings.trim(),
      [
        'ip_blocklists:',
        '  custom:',
        '    - bl.example.net',
        'ip_allowlists:',
        '  custom:',
        '    - wl.example.net',
        'domain_blocklists:',
        '  custom:',
        '    - dbl.example.net',
        'uri_blocklists:',
        '  custom:',
        '    - own.example.net',
        '    - uri.example.net',
      ].join('\n'),
    )
    assert.match(fragmentOf(folder), /the plugin's own uribl\.ini \[own\.example\.net\] -> /)
  })

  it('says when the plugin did not run', () => {
    write({ plugins: '# dns-list\nuribl\n', 'dns-list.ini': 'zones=bl.example.net\n' })
    assert.match(
      fragmentOf(folder),
      /# {3}dns-list\.ini: was not in use: config\/plugins does not name dns-list\n/,
    )
  })

  it('refuses a folder without such settings', () => {
    assert.throws(() => fragmentOf(folder), /has no settings of DNS lists: none of dns-list\.ini, /)
    assert.throws(() => fragmentOf(join(folder, 'nothing')), /is no folder; give a Haraka instance/)
  })
})

const settings = `# our gateway
listen: { other: [2525] } # for tests
ip_blocklists:
  # none yet
  custom: []

  # the end of the section
# next hops
next_hops: {}
`

const stock = {
  'old/dns-list.ini':
    '[main]\nzones[]=sesame.zen.dq.spamhaus.net\nzones[]=bl.example.net\n[bl.example.net]\nreject=no\n',
}

describe('import into an instance', () => {
  function instance(files: Readonly<Record<string, string>> = {}): Instance {
    write({
      'config/plugins': '',
      'config/me': 'mx.gateway.test\n',
      'config/gateway.yaml': settings,
      'config/gateway.secrets.yaml': '# keys\n',
      ...stock,
      ...files,
    })
    return openInstance(folder)
  }
  function read(file: string): string {
    return readFileSync(join(folder, 'config', file), 'utf8')
  }
  function importInto(target: Instance) {
    return writeInstance(target, importFolder(openHarakaFolder(join(folder, 'old'))))
  }
  function mode(file: string): number {
    return statSync(join(folder, 'config', file)).mode & 0o777
  }

  it('adds lines to the settings, keys to the secrets, and changes nothing else', async () => {
    const target = instance()
    assert.equal((await importInto(target)).kind, 'written')
    assert.equal(
      read('gateway.yaml'),
      `# our gateway
listen: { other: [2525] } # for tests
ip_blocklists:
  # none yet
  custom:
    - zone: bl.example.net
      action: note
  spamhaus-dqs:
    - zen

  # the end of the section
# next hops
next_hops: {}
`,
    )
    assert.equal(read('gateway.secrets.yaml'), '# keys\nproviders:\n  spamhaus-dqs:\n    key: sesame\n')
    assert.equal(mode('gateway.yaml'), 0o640)
    assert.equal(mode('gateway.secrets.yaml'), 0o600)
    assert.deepEqual(readdirSync(join(folder, 'config')).sort(), [
      'gateway.secrets.yaml',
      'gateway.yaml',
      'me',
      'plugins',
    ])
    const loaded = loadInstanceSettings(target)
    assert.ok(loaded.kind === 'ok')
    assert.deepEqual(loaded.loaded.settings.ip_blocklists['spamhaus-dqs'], ['zen'])
  })

  it('adds places that domain lists are asked about, to those that are there', async () => {
    const target = instance({
      'config/gateway.yaml': `${settings}domain_sources: [helo, from] # ours\n`,
      'old/uribl.ini': '[dbl.example.net]\nfrom=1\nreplyto=1\n',
    })
    assert.equal((await importInto(target)).kind, 'written')
    assert.match(read('gateway.yaml'), /\ndomain_sources: \[helo, from, reply_to\] # ours\n/)
  })

  it('does nothing the second time', async () => {
    const target = instance()
    await importInto(target)
    const before = read('gateway.yaml') + read('gateway.secrets.yaml')
    const again = await importInto(target)
    assert.ok(again.kind === 'written')
    assert.deepEqual(
      again.placed.map(({ isNew }) => isNew),
      [false, false],
    )
    assert.equal(read('gateway.yaml') + read('gateway.secrets.yaml'), before)
  })

  it('waits for a save on the web page to end, and is written into what was saved', async () => {
    const target = instance()
    const lock = join(target.dir, 'state', 'settings.lock')
    mkdirSync(join(target.dir, 'state'))
    writeFileSync(lock, 'a save')
    let isWritten = false
    const importing = importInto(target).finally(() => (isWritten = true))
    await sleep(50)
    assert.ok(!isWritten)
    assert.equal(read('gateway.yaml'), settings)
    write({ 'config/gateway.yaml': `${settings}greeting: [Saved]\n` })
    rmSync(lock)
    assert.equal((await importing).kind, 'written')
    assert.match(read('gateway.yaml'), /zone: bl\.example\.net[\s\S]*\ngreeting: \[Saved\]\n$/)
    assert.ok(!existsSync(lock))
  })

  it('makes a secrets file that nobody else can read', async () => {
    const target = instance()
    rmSync(join(folder, 'config', 'gateway.secrets.yaml'))
    await importInto(target)
    assert.equal(mode('gateway.secrets.yaml'), 0o600)
  })

  it('keeps a list and a key that are there', async () => {
    const target = instance({
      'config/gateway.yaml':
        'listen: { other: [2525] }\nip_blocklists:\n  custom:\n    - zone: BL.example.net\n',
      'config/gateway.secrets.yaml': 'providers:\n  spamhaus-dqs:\n    key: other\n',
    })
    const written = await importInto(target)
    assert.ok(written.kind === 'written')
    assert.deepEqual([written.newKeys.length, written.keptKeys.length], [0, 1])
    assert.doesNotMatch(read('gateway.secrets.yaml'), /sesame/)
    assert.doesNotMatch(read('gateway.yaml'), /action/)
  })

  it('writes nothing when the settings there, or what they would become, are invalid', async () => {
    const invalidNow = instance({ 'config/gateway.yaml': 'listen: 25\n' })
    assert.deepEqual(pick(await importInto(invalidNow)), { kind: 'invalid', when: 'now' })
    assert.equal(read('gateway.yaml'), 'listen: 25\n')

    const full = `${settings}#${'x'.repeat(4 * 1024 * 1024 - settings.length - 10)}\n`
    const invalidThen = instance({ 'config/gateway.yaml': full })
    assert.deepEqual(pick(await importInto(invalidThen)), { kind: 'invalid', when: 'then' })
    assert.equal(read('gateway.yaml'), full)
    assert.equal(read('gateway.secrets.yaml'), '# keys\n')
  })
})

function pick(written: Awaited<ReturnType<typeof writeInstance>>) {
  return { kind: written.kind, ...('when' in written && { when: written.when }) }
}

describe('haraka-gateway import', () => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [tool, 'import', ...args], { encoding: 'utf8' })

  it('prints settings that can go into gateway.yaml as they are', () => {
    const { status, stdout, stderr } = run(caseFolder('stock'))
    assert.deepEqual([status, stderr], [0, ''])
    assert.equal(stdout, readFileSync(join(caseFolder('stock'), 'expected'), 'utf8'))
  })

  it('writes into an instance and says what it wrote, keys apart', () => {
    write({ 'gw/config/plugins': '', 'gw/config/gateway.yaml': settings })
    const { status, stdout, stderr } = run(caseFolder('keys'), '--write', join(folder, 'gw'))
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^Written to .*gw\/config\/gateway\.yaml:\n {2}dns-list\.ini <key>\.zen/)
    assert.match(stdout, /\nWritten to .*gateway\.secrets\.yaml:\n {2}the key in dns-list\.ini <key>/)
    assert.match(stdout, /\nNot carried over:\n/)
    assert.doesNotMatch(stdout, /sesame/i)
  })

  it('ends with 1 and the errors when it cannot write', () => {
    write({ 'gw/config/plugins': '', 'gw/config/gateway.yaml': 'listen: 25\n' })
    const { status, stderr } = run(caseFolder('stock'), '--write', join(folder, 'gw'))
    assert.equal(status, 1)
    assert.match(
      stderr,
      /^nothing written to .*gw: the settings there are not valid; mend them first\nconfig\/gateway\.yaml:1: listen/,
    )
  })
})
