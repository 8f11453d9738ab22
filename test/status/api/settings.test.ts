import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryEntry } from '../../../plugins/lib/settings/save/history'
import { historyRoutes } from '../../../plugins/status/api/history'
import { settingsRoutes } from '../../../plugins/status/api/settings'
import { eventually } from '../../support/eventually'
import { type Answer, createSettingsInstance, type SettingsInstance } from './settings-instance'

const sesame = 'open-sesame-4711'

describe('the API of the settings', () => {
  let gateway: SettingsInstance
  beforeEach(() => {
    gateway = createSettingsInstance({ routes: [...settingsRoutes, ...historyRoutes] })
  })
  afterEach(() => {
    gateway.close()
  })

  const version = async (): Promise<string> => (await gateway.call('GET', '/settings')).body.version
  const patch = async (body: unknown, base?: string): Promise<Answer> =>
    gateway.call('PATCH', '/settings', { body, headers: { 'if-match': `"${base ?? (await version())}"` } })
  const validate = async (body: object): Promise<Answer> =>
    gateway.call('POST', '/settings/validate', { body: { base: await version(), changes: [], ...body } })
  /** All files of the instance but the one for secrets and the copy of the good settings. */
  const everythingElse = (): string =>
    readdirSync(gateway.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !['gateway.secrets.yaml', 'settings.json'].includes(entry.name))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
      .join('\n')

  describe('reading', () => {
    it('tells what is in force, what is written, and which secrets are set', async () => {
      await patch({ changes: [], secrets: [{ path: ['providers', 'abusix', 'key'], value: sesame }] })
      const { body, headers } = await gateway.call('GET', '/settings')
      assert.equal(body.values.inactivity_timeout, 300)
      assert.equal(body.values.mark_from.enabled, false)
      assert.deepEqual(body.written.next_hops, { 'example.com': { maildir: 'maildir' } })
      assert.equal(body.written.arc, undefined)
      assert.deepEqual(body.status, { ...body.status, kind: 'ok', errors: [] })
      assert.equal(headers.ETag, `"${body.version}"`)
      assert.equal(body.secrets.length, 1)
      assert.deepEqual(body.secrets[0]?.path, ['providers', 'abusix', 'key'])
      assert.ok(Math.abs(body.secrets[0].setAt - Date.now()) < 60_000)
      assert.equal(JSON.stringify(body).includes(sesame), false)
    })

    it('says what is wrong with a file that was broken by hand', async () => {
      gateway.write('gateway.yaml', 'dns:\n  timeot: 5\n')
      await eventually('the store to see it', () => gateway.store.status().kind === 'invalid')
      const { body } = await gateway.call('GET', '/settings')
      assert.equal(body.status.kind, 'invalid')
      assert.match(body.status.errors[0]?.message ?? '', /did you mean timeout/)
      assert.deepEqual(body.status.errors[0]?.path, ['dns', 'timeot'])
      assert.deepEqual(body.written, { dns: { timeot: 5 } })
      assert.equal(body.values.dns.timeout, 3000)
    })

    it('has a schema in which each setting has a type', async () => {
      interface Property {
        readonly default?: unknown
        readonly maximum?: number
        readonly properties?: Readonly<Record<string, Property>>
      }
      const { body } = await gateway.call<Property>('GET', '/settings/schema')
      assert.equal(body.properties?.inactivity_timeout?.default, 300)
      assert.equal(body.properties.dns?.properties?.timeout?.maximum, 20_000)
    })
  })

  describe('saving', () => {
    it('changes the lines that have to, is in force at once, and stands in the history', async () => {
      const before = gateway.read('gateway.yaml')
      const { status, body } = await patch({
        changes: [{ path: ['dns', 'timeout'], value: 4000 }],
        note: 'slow lists',
      })
      assert.equal(status, 200)
      assert.equal(gateway.read('gateway.yaml'), before.replace('timeout: 3000', 'timeout: 4000'))
      assert.equal(gateway.store.current().settings.dns.timeout, 4000)
      assert.equal(body.version, await version())
      assert.deepEqual(body.applied, [{ pid: process.pid, role: 'single', ok: true }])
      assert.equal(body.of, 1)
      const { body: entries } = await gateway.call<readonly HistoryEntry[]>('GET', '/history')
      const [entry] = entries
      assert.equal(entry?.id, body.historyId)
      assert.deepEqual(
        [entry.by, entry.via, entry.note, entry.summary],
        ['anna', 'ui', 'slow lists', ['dns.timeout']],
      )
    })

    it('tells tokens from people', async () => {
      const headers = { 'if-match': await version(), authorization: 'Bearer x' }
      const body = { changes: [{ path: ['shadow'], value: true }] }
      await gateway.call('PATCH', '/settings', { body, headers })
      assert.equal(gateway.editing.history.latest()?.via, 'api')
    })

    it('of nothing new changes nothing', async () => {
      const before = gateway.editing.history.list().length
      const { status, body } = await patch({ changes: [{ path: ['dns', 'timeout'], value: 3000 }] })
      assert.equal(status, 200)
      assert.equal(body.historyId, undefined)
      assert.equal(gateway.editing.history.list().length, before)
    })

    it('of what is not valid changes nothing, and says where and what would be right', async () => {
      const before = gateway.read('gateway.yaml')
      const { status, body } = await patch({
        changes: [
          { path: ['dns', 'timeout'], value: 7 },
          { path: ['ip_blocklists', 'custom', 1], value: { zone: 'bl.example', acton: 'note' } },
          { path: ['next_hops', 'new.example'], value: { host: 'a.example', auth: { user: 'me' } } },
        ],
      })
      assert.equal(status, 422)
      assert.deepEqual(
        body.errors.map(({ path }) => path),
        [
          ['dns', 'timeout'],
          ['ip_blocklists', 'custom', 1, 'acton'],
        ],
      )
      assert.equal(body.errors[0]?.value, 7)
      assert.match(body.errors[0].message, /a whole number from 100 to 20000/)
      assert.equal(gateway.read('gateway.yaml'), before)
    })

    it('without the version that was edited is refused', async () => {
      const { status } = await gateway.call('PATCH', '/settings', { body: { changes: [] } })
      assert.equal(status, 428)
    })

    it('of a setting that somebody else changed meanwhile is a conflict that shows both', async () => {
      const base = await version()
      gateway.write('gateway.yaml', gateway.read('gateway.yaml').replace('timeout: 3000', 'timeout: 9000'))
      await eventually('the edit by hand', () => gateway.store.current().settings.dns.timeout === 9000)
      const changes = [
        { path: ['dns', 'timeout'], value: 4000 },
        { path: ['dns', 'retest'], value: 60 },
        { path: ['shadow'], value: true },
      ]
      const { status, body } = await patch({ changes }, base)
      assert.equal(status, 409)
      assert.match(body.theirs, /^-\s+timeout: 3000\n\+\s+timeout: 9000$/m)
      assert.match(body.mine, /^-\s+timeout: 3000\n\+\s+timeout: 4000$/m)
      assert.deepEqual(body.merged, changes.slice(1))
      assert.deepEqual(body.conflicts, [{ path: ['dns', 'timeout'], base: 3000, theirs: 9000, mine: 4000 }])
      assert.equal(body.current.values.dns.timeout, 9000)
      assert.equal(gateway.store.current().settings.shadow, false)
      // What does not overlap can be saved on the version that is there.
      assert.equal((await patch({ changes: body.merged }, body.current.version)).status, 200)
      assert.deepEqual(
        { ...gateway.store.current().settings.dns },
        { servers: [], timeout: 9000, retest: 60 },
      )
    })

    it('by two at once is won by one', async () => {
      const base = await version()
      const answers = await Promise.all(
        [61, 62, 63, 64].map((value) => patch({ changes: [{ path: ['inactivity_timeout'], value }] }, base)),
      )
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409])
      assert.equal(gateway.editing.history.list().filter(({ by }) => by === 'anna').length, 1)
    })

    it('of the text as a whole takes what an editor would write', async () => {
      const { body } = await gateway.call('GET', '/settings/text')
      const text = `# mine\n${body.text.replace('timeout: 3000', 'timeout: 5000')}`
      const headers = { 'if-match': `"${body.version}"` }
      assert.equal((await gateway.call('PUT', '/settings/text', { body: { text }, headers })).status, 200)
      assert.equal(gateway.read('gateway.yaml'), text)
      assert.equal(gateway.store.current().settings.dns.timeout, 5000)
      const stale = await gateway.call('PUT', '/settings/text', { body: { text: '{}' }, headers })
      assert.equal(stale.status, 409)
      for (const bad of ['', '  \n', 'a: [', 'dns: { timeout: x }', 'a\0', '\ud800: 1']) {
        const refused = await gateway.call('PUT', '/settings/text', {
          body: { text: bad },
          headers: { 'if-match': await version() },
        })
        assert.equal(refused.status, 422, JSON.stringify(bad))
      }
      assert.equal(gateway.read('gateway.yaml'), text)
    })

    it('mends a file that was broken by hand', async () => {
      gateway.write('gateway.yaml', 'dns:\n  # slow\n  timeout: 5\n')
      await eventually('the store to see it', () => gateway.store.status().kind === 'invalid')
      assert.equal((await patch({ changes: [{ path: ['shadow'], value: true }] })).status, 422)
      assert.equal((await patch({ changes: [{ path: ['dns', 'timeout'], value: 5000 }] })).status, 200)
      assert.equal(gateway.read('gateway.yaml'), 'dns:\n  # slow\n  timeout: 5000\n')
    })

    it('does not make a file of a few settings of one that was lost', async () => {
      rmSync(join(gateway.dir, 'config', 'gateway.yaml'))
      const { status, body } = await patch({ changes: [{ path: ['shadow'], value: true }] })
      assert.equal(status, 422)
      assert.match(body.errors[0]?.message ?? '', /empty or gone/)
      assert.equal(existsSync(join(gateway.dir, 'config', 'gateway.yaml')), false)
    })

    it('keeps mode and links of the file', async () => {
      chmodSync(join(gateway.dir, 'config', 'gateway.yaml'), 0o664)
      await patch({ changes: [{ path: ['shadow'], value: true }] })
      assert.equal(statSync(join(gateway.dir, 'config', 'gateway.yaml')).mode & 0o777, 0o664)
      assert.deepEqual(
        readdirSync(join(gateway.dir, 'config')).filter((name) => name.endsWith('.new')),
        [],
      )
    })
  })

  describe('validating', () => {
    it('shows the diff, and the same errors as a save', async () => {
      const { body } = await validate({ changes: [{ path: ['dns', 'timeout'], value: 4000 }] })
      assert.match(body.diff, /^-\s+timeout: 3000\n\+\s+timeout: 4000$/m)
      assert.deepEqual([body.errors, body.warnings, body.conflicts], [[], [], undefined])
      const wrong = await validate({ changes: [{ path: ['dns', 'timeout'], value: 4 }] })
      assert.deepEqual(wrong.body.errors[0]?.path, ['dns', 'timeout'])
      assert.equal(gateway.store.current().settings.dns.timeout, 3000)
    })

    it('names what others changed since', async () => {
      const base = await version()
      await patch({ changes: [{ path: ['dns', 'timeout'], value: 4000 }] })
      const changes = [
        { path: ['dns', 'timeout'], value: 5000 },
        { path: ['shadow'], value: true },
      ]
      const { body } = await validate({ base, changes })
      assert.deepEqual(body.conflicts, [{ path: ['dns', 'timeout'], base: 3000, theirs: 4000, mine: 5000 }])
      assert.match(body.diff, /^\+shadow: true$/m)
    })
  })

  describe('secrets', () => {
    const key = ['providers', 'abusix', 'key']

    it('are set and taken out, and found nowhere else', async () => {
      const before = gateway.read('gateway.secrets.yaml')
      const set = await patch({ secrets: [{ path: key, value: sesame }] })
      assert.equal(set.status, 200)
      assert.equal(gateway.store.current().secrets.providers.abusix?.key, sesame)
      assert.equal(
        gateway.read('gateway.secrets.yaml'),
        `${before}providers:\n  abusix:\n    key: ${sesame}\n`,
      )
      assert.equal(statSync(join(gateway.dir, 'config', 'gateway.secrets.yaml')).mode & 0o777, 0o600)
      assert.deepEqual(gateway.editing.history.latest()?.summary, [
        'gateway.secrets.yaml: providers.abusix.key',
      ])
      const answers = [
        set,
        await gateway.call('GET', '/settings'),
        await gateway.call('GET', '/settings/text'),
        await gateway.call('GET', '/history'),
        await gateway.call('GET', '/history/:id', { params: { id: set.body.historyId } }),
        await validate({ secrets: [{ path: key, value: `${sesame}\n` }] }),
        await validate({ secrets: [{ path: ['providers', sesame, 'key'], value: sesame }] }),
      ]
      assert.equal(JSON.stringify(answers).includes(sesame), false)
      assert.equal((everythingElse() + gateway.lines.join('\n')).includes(sesame), false)
      assert.equal((await patch({ secrets: [{ path: key, value: null }] })).status, 200)
      assert.deepEqual(gateway.store.current().secrets.providers, {})
      assert.equal(gateway.read('gateway.secrets.yaml').includes(sesame), false)
    })

    it('go with the settings that need them, in one save', async () => {
      const hop = { host: 'mail.example', auth: { user: 'gateway' } }
      const changes = [{ path: ['next_hops', 'new.example'], value: hop }]
      assert.equal((await patch({ changes })).status, 422)
      const password = ['next_hops', 'new.example', 'password']
      assert.equal((await patch({ changes, secrets: [{ path: password, value: sesame }] })).status, 200)
      assert.equal(gateway.store.current().secrets.next_hops['new.example']?.password, sesame)
      const stray = await patch({ changes: [{ path: ['next_hops', 'new.example'] }] })
      assert.equal(stray.status, 422)
      assert.equal(stray.body.errors[0]?.file, 'gateway.secrets.yaml')
    })

    it('are those of the file for secrets only, and not the people in it', async () => {
      const hash = 'scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
      const paths = [
        ['ui_users', 'eve', 'password'],
        ['smtp_users', 'eve', 'password'],
        ['providers', 'nobody', 'key'],
        ['providers'],
        [],
        ['__proto__', 'polluted'],
        ['providers', 'constructor', 'key'],
        ['providers', '__proto__', 'key'],
        ['next_hops', '__proto__', 'password'],
      ]
      for (const path of paths) {
        const { status } = await patch({ secrets: [{ path, value: hash }] })
        assert.equal(status, 422, JSON.stringify(path))
      }
      assert.equal(gateway.read('gateway.secrets.yaml'), '# none yet\n')
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })

    it('are not written over when the file may not be read', async () => {
      gateway.write('gateway.secrets.yaml', 'providers: { step3it: { key: kept } }\n')
      chmodSync(join(gateway.dir, 'config', 'gateway.secrets.yaml'), 0o644)
      const { status, body } = await patch({ secrets: [{ path: key, value: sesame }] })
      assert.equal(status, 422)
      assert.match(body.errors[0]?.message ?? '', /chmod 600/)
      assert.match(gateway.read('gateway.secrets.yaml'), /kept/)
    })

    it('written by hand are noticed, with the time', async () => {
      gateway.write('gateway.secrets.yaml', `providers: { step3it: { key: ${sesame} } }\n`)
      await eventually('the entry', () => gateway.editing.history.latest()?.summary.length === 1)
      const latest = gateway.editing.history.latest()
      assert.deepEqual([latest?.by, latest?.via], ['by hand', 'file'])
      assert.deepEqual(latest?.summary, ['gateway.secrets.yaml: providers.step3it.key'])
      const { body } = await gateway.call('GET', '/settings')
      assert.ok(Math.abs((body.secrets[0]?.setAt ?? 0) - Date.now()) < 60_000)
    })
  })

  describe('the history', () => {
    it('begins with what was there, and shows edits by hand as such', async () => {
      const first = await eventually('the first entry', () => gateway.editing.history.latest())
      assert.deepEqual([first.by, first.via], ['by hand', 'file'])
      gateway.write(
        'gateway.yaml',
        `# a comment\n${gateway.read('gateway.yaml').replace('shadow: false', 'shadow: true')}`,
      )
      const entry = await eventually('the edit', () => {
        const latest = gateway.editing.history.latest()
        return latest?.id === first.id ? undefined : latest
      })
      assert.deepEqual([entry.by, entry.summary], ['by hand', ['shadow']])
      const { body } = await gateway.call('GET', '/history/:id', { params: { id: entry.id } })
      assert.match(body.diff, /^\+# a comment$/m)
      assert.match(body.diff, /^-shadow: false\n\+shadow: true$/m)
    })

    it('of an edit that only changes comments has an entry too, so that it can be merged with', async () => {
      const before = await eventually('the first entry', () => gateway.editing.history.latest())
      gateway.write('gateway.yaml', `# a comment\n${gateway.read('gateway.yaml')}`)
      await eventually('the edit', () => gateway.editing.history.latest()?.id !== before.id)
      const base = await version()
      await patch({ changes: [{ path: ['shadow'], value: true }] })
      const { status, body } = await patch({ changes: [{ path: ['dns', 'timeout'], value: 5000 }] }, base)
      assert.equal(status, 409)
      assert.deepEqual(body.conflicts, [])
    })

    it('puts a version in force again', async () => {
      const first = await eventually('the first entry', () => gateway.editing.history.latest())
      const before = gateway.read('gateway.yaml')
      await patch({ changes: [{ path: ['shadow'], value: true }] })
      const { status, body } = await gateway.call('POST', '/history/:id/restore', {
        params: { id: first.id },
      })
      assert.equal(status, 200)
      assert.equal(gateway.read('gateway.yaml'), before)
      assert.equal(gateway.store.current().settings.shadow, false)
      const latest = gateway.editing.history.latest()
      assert.equal(latest?.id, body.historyId)
      assert.deepEqual([latest.by, latest.via, latest.summary], ['anna', 'rollback', ['shadow']])
      assert.match(latest.note ?? '', /^as of \d{4}-/)
    })

    it('has no version of another name', async () => {
      for (const id of ['../settings.json', '1790000000000-none', '']) {
        assert.equal((await gateway.call('GET', '/history/:id', { params: { id } })).status, 404)
        assert.equal((await gateway.call('POST', '/history/:id/restore', { params: { id } })).status, 404)
      }
    })
  })

  describe('hostile changes', () => {
    const refused = async (path: unknown, value: unknown): Promise<void> => {
      const { status, body } = await patch({ changes: [{ path, value }] })
      assert.equal(status, 422, JSON.stringify([path, value]).slice(0, 100))
      assert.ok((body.errors[0]?.message ?? '').length < 300)
    }
    let deep: unknown = 1
    for (let depth = 0; depth < 1000; depth++) deep = [deep]

    it('are refused with a reason, and change nothing', async () => {
      const before = gateway.read('gateway.yaml')
      await refused(['__proto__', 'polluted'], true)
      await refused(['constructor', 'prototype', 'polluted'], true)
      await refused(['next_hops', '__proto__'], { polluted: true })
      await refused(['next_hops'], JSON.parse('{"__proto__":{"polluted":true}}'))
      await refused(['next_hops'], { 'a.example': { constructor: { prototype: 1 } } })
      await refused(['greeting', 0], 'a\0b')
      await refused(['greeting', 0], 'two\nlines')
      await refused(['greeting', 0], '\ud800')
      await refused(['greeting', 0], 'x'.repeat(20_000))
      await refused(['greeting'], deep)
      await refused(
        Array.from({ length: 500 }, () => 'a'),
        1,
      )
      await refused([], {})
      await refused(['greeting', 7], 'beyond the end')
      await refused(['greeting', -1], 'before the start')
      await refused(['greeting', 'x'], 'no position')
      await refused(['dns', 'timeout', 'x'], 1)
      await refused(['mark_from'], 'x')
      const many = Array.from({ length: 1001 }, () => ({ path: ['shadow'], value: true }))
      assert.equal((await patch({ changes: many })).status, 422)
      assert.equal(gateway.read('gateway.yaml'), before)
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })
  })

  it('says when the disk refuses, and changes nothing', async () => {
    const before = gateway.read('gateway.yaml')
    await eventually('the first entry', () => gateway.editing.history.latest())
    rmSync(join(gateway.dir, 'state'), { recursive: true })
    gateway.write('../state', 'a file')
    const { status, body } = await patch({ changes: [{ path: ['shadow'], value: true }] })
    assert.equal(status, 500)
    assert.match(body.error, /^nothing was changed: /)
    assert.equal(gateway.read('gateway.yaml'), before)
  })
})
