import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { maxListFileBytes } from '../../../plugins/lib/list-files/list-folder'
import { listFileRoutes } from '../../../plugins/status/api/list-files'
import { type Answer, createSettingsInstance, type SettingsInstance } from './settings-instance'

interface Saved {
  readonly version: string
  readonly entries: number
  readonly problems: readonly { readonly line: number; readonly message: string }[]
  readonly error: string
}

describe('the API of list files', () => {
  let gateway: SettingsInstance
  const lists = (...path: string[]): string => join(gateway.dir, 'config', 'lists', ...path)
  before(() => {
    gateway = createSettingsInstance({ routes: listFileRoutes })
  })
  after(() => {
    gateway.close()
  })

  const put = (name: string, text: string, headers: Record<string, string>): Promise<Answer<Saved>> =>
    gateway.call<Saved>('PUT', '/list-files/:name', { params: { name }, body: { text }, headers })
  const get = (name: string): Promise<Answer> =>
    gateway.call('GET', '/list-files/:name', { params: { name } })

  it('names the files there are, with their entries', async () => {
    const { body } = await gateway.call<readonly { file: string; entries: number; size: number }[]>(
      'GET',
      '/list-files',
    )
    assert.deepEqual(
      body.map(({ file, entries }) => [file, entries]),
      [
        ['lists/blocked-clients.txt', 1],
        ['lists/blocked-domains.txt', 1],
      ],
    )
    assert.equal(body[0]?.size, statSync(lists('blocked-clients.txt')).size)
  })

  it('saves an edit, says which lines count for nothing, and counts anew', async () => {
    const { body } = await get('blocked-clients.txt')
    const text = `${body.text}192.0.2.7\n*.example.com # why\n198.51.100.0/24\n`
    const saved = await put('lists/blocked-clients.txt', text, { 'if-match': `"${body.version}"` })
    assert.equal(saved.status, 200)
    assert.equal(saved.body.entries, 3)
    assert.deepEqual(saved.body.problems, [
      {
        line: text.split('\n').indexOf('*.example.com # why') + 1,
        message: '*.example.com is no pattern; right would be .example.com',
      },
    ])
    assert.equal(gateway.read('lists/blocked-clients.txt'), text)
    assert.equal((await get('lists/blocked-clients.txt')).body.version, saved.body.version)
    const { body: facts } = await gateway.call<readonly { entries: number }[]>('GET', '/list-files')
    assert.equal(facts[0]?.entries, 3)
  })

  it('refuses an edit of a version that is not there any more, and one without a version', async () => {
    const { body } = await get('blocked-domains.txt')
    writeFileSync(lists('blocked-domains.txt'), 'by-hand.example\n')
    const stale = await put('blocked-domains.txt', 'mine.example\n', { 'if-match': body.version })
    assert.equal(stale.status, 409)
    assert.equal(gateway.read('lists/blocked-domains.txt'), 'by-hand.example\n')
    assert.equal((await put('blocked-domains.txt', 'x.example\n', {})).status, 428)
    assert.equal((await put('blocked-domains.txt', 'x.example\n', { 'if-none-match': '*' })).status, 409)
  })

  it('of one version is won by one', async () => {
    const { body } = await get('blocked-domains.txt')
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        put('blocked-domains.txt', `${name}.example\n`, { 'if-match': body.version }),
      ),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
  })

  it('makes new files, also in folders', async () => {
    const made = await put('partners/allowed.txt', '203.0.113.1\n', { 'if-none-match': '*' })
    assert.equal(made.status, 200)
    assert.equal(gateway.read('lists/partners/allowed.txt'), '203.0.113.1\n')
    assert.equal((await get('lists/partners/allowed.txt')).status, 200)
    const { body } = await gateway.call<readonly { file: string }[]>('GET', '/list-files')
    assert.ok(body.some(({ file }) => file === 'lists/partners/allowed.txt'))
    assert.equal((await get('nothing.txt')).status, 404)
  })

  it('reaches nothing but list files, whatever the name', async () => {
    const secret = gateway.read('gateway.secrets.yaml')
    symlinkSync(join(gateway.dir, 'config', 'gateway.secrets.yaml'), lists('link.txt'))
    symlinkSync(join(gateway.dir, 'config'), lists('up'))
    symlinkSync(join(gateway.dir, 'config', 'not-there-yet'), lists('dangling.txt'))
    mkdirSync(lists('folder.txt'))
    const names = [
      '../gateway.secrets.yaml',
      'lists/../gateway.secrets.yaml',
      'lists/./../gateway.secrets.yaml',
      './../gateway.secrets.yaml',
      '/etc/passwd',
      'lists//etc/passwd',
      '..',
      '.',
      '',
      'lists/',
      'link.txt',
      'up/gateway.secrets.yaml',
      'up/new.txt',
      'dangling.txt',
      'folder.txt',
      '.hidden',
      'a\0.txt',
      'a\\..\\..\\gateway.secrets.yaml',
      'a/b/c/d/e.txt',
      `${'a'.repeat(300)}.txt`,
      'lists/%2e%2e/gateway.secrets.yaml',
    ]
    for (const name of names) {
      assert.equal((await get(name)).status, 404, name)
      for (const headers of [{ 'if-none-match': '*' }, { 'if-match': 'x' }]) {
        assert.equal((await put(name, 'x.example\n', headers)).status, 404, name)
      }
    }
    const { body } = await gateway.call<readonly { file: string }[]>('GET', '/list-files')
    assert.equal(
      body.some(({ file }) => /link|up|dangling|folder/.test(file)),
      false,
    )
    assert.equal(gateway.read('gateway.secrets.yaml'), secret)
    assert.deepEqual(
      readdirSync(join(gateway.dir, 'config')).filter((name) => name.startsWith('not-there')),
      [],
    )
    for (const name of ['link.txt', 'up', 'dangling.txt', 'folder.txt'])
      rmSync(lists(name), { recursive: true })
  })

  it('takes no file that is no text, and none that is too long', async () => {
    const { body } = await get('blocked-domains.txt')
    const headers = { 'if-match': body.version }
    assert.equal((await put('blocked-domains.txt', 'a\0b', headers)).status, 422)
    assert.equal((await put('blocked-domains.txt', '\ud800', headers)).status, 422)
    assert.equal((await put('blocked-domains.txt', '#'.repeat(maxListFileBytes + 1), headers)).status, 413)
    writeFileSync(lists('long.txt'), '#'.repeat(maxListFileBytes + 1))
    assert.equal((await get('long.txt')).status, 413)
    const hundreds = await put('many.txt', '*.a.example\n'.repeat(250), { 'if-none-match': '*' })
    assert.equal(hundreds.body.problems.length, 101)
    assert.equal(hundreds.body.problems.at(-1)?.message, 'and 150 more lines')
  })
})
