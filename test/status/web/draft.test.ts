import assert from 'node:assert/strict'
import { settingsJsonSchema } from '../../../plugins/lib/settings/json-schema'
import { webModule } from './web-module'

type Path = readonly (string | number)[]
interface Draft {
  load(): Promise<void>
  size(): number
  changes(): readonly { readonly path: Path; readonly value?: unknown }[]
  secrets(): readonly { readonly path: Path; readonly value: string | null }[]
  value(path: Path): unknown
  before(path: Path): unknown
  edit(path: Path, value: unknown): void
  undo(path: Path): void
  discard(): void
  setSecret(path: Path, value: string | null): void
  faults(): readonly { readonly path: Path }[]
  errors(): readonly { readonly path: Path; readonly message: string }[]
  isBehind(): boolean
  validate(): Promise<unknown>
  save(note: string): Promise<{ readonly kind: string }>
  rebase(version: string, changes: readonly unknown[]): Promise<void>
  onChange(listener: () => void): () => void
}
interface Call {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>> | undefined
}

const key = ['providers', 'abusix', 'key']

describe('a draft of changes', () => {
  let createDraft: (options: unknown) => Draft
  before(async () => {
    ;({ createDraft } = await webModule<{ createDraft: typeof createDraft }>('draft.js'))
  })

  let written: Record<string, unknown>
  let version: string
  let calls: Call[]
  let answer: (call: Call) => unknown
  let stored: Map<string, string>
  beforeEach(() => {
    written = { listen: { other: [2525] }, shadow: false }
    version = 'v1'
    calls = []
    answer = () => ({})
    stored = new Map()
  })

  const open = async (user = 'anna'): Promise<Draft> => {
    const send =
      (method: string) =>
      (path: string, body: Call['body'], options?: { headers?: Record<string, string> }) => {
        const call = { method, path, body, headers: options?.headers }
        calls.push(call)
        return Promise.resolve().then(() => answer(call))
      }
    const draft = createDraft({
      user,
      api: {
        get: (path: string) =>
          Promise.resolve(
            path === '/settings/schema'
              ? settingsJsonSchema()
              : { version, written, values: {}, secrets: [], status: { kind: 'ok', errors: [] } },
          ),
        post: send('POST'),
        patch: send('PATCH'),
      },
      storage: {
        getItem: (name: string) => stored.get(name) ?? null,
        setItem: (name: string, text: string) => stored.set(name, text),
        removeItem: (name: string) => stored.delete(name),
      },
    })
    await draft.load()
    return draft
  }

  it('survives a reload, for its owner only', async () => {
    const draft = await open()
    draft.edit(['shadow'], true)
    assert.equal((await open()).value(['shadow']), true)
    assert.equal((await open('eve')).size(), 0)
    assert.equal((await open()).size(), 0, 'another user has taken it out of the browser')
  })

  it('never puts a key into the storage of the browser', async () => {
    const draft = await open()
    draft.edit(['shadow'], true)
    draft.setSecret(key, 'SECRET-KEY')
    assert.equal(draft.size(), 2)
    assert.ok(![...stored.values()].some((text) => text.includes('SECRET-KEY')))
  })

  it('says defaults of what is not written, and what will be', async () => {
    const draft = await open()
    assert.equal(draft.value(['inactivity_timeout']), 300)
    draft.edit(['next_hops', 'a.example'], { host: 'mx' })
    assert.equal(draft.value(['next_hops', 'a.example', 'port']), 25)
    assert.deepEqual(draft.changes(), [{ path: ['next_hops', 'a.example'], value: { host: 'mx' } }])
    assert.equal(draft.before(['next_hops', 'a.example']), undefined)
  })

  it('is saved onto the version it began with, and is empty then', async () => {
    const draft = await open()
    draft.edit(['shadow'], true)
    draft.setSecret(key, 'K')
    version = 'v2'
    await draft.load()
    assert.ok(draft.isBehind())
    answer = () => {
      written = { ...written, shadow: true }
      return { version: 'v3', applied: [], of: 0 }
    }
    assert.equal((await draft.save('why')).kind, 'saved')
    assert.deepEqual(calls, [
      {
        method: 'PATCH',
        path: '/settings',
        body: {
          changes: [{ path: ['shadow'], value: true }],
          secrets: [{ path: key, value: 'K' }],
          note: 'why',
        },
        headers: { 'If-Match': '"v1"' },
      },
    ])
    assert.equal(draft.size(), 0)
    assert.equal(stored.size, 0)
    assert.equal(draft.before(['shadow']), true)
  })

  it('keeps everything when others were faster, and goes on from their version', async () => {
    const draft = await open()
    draft.edit(['shadow'], true)
    const conflict = { current: { version: 'v2', written: { shadow: false } }, theirs: '', mine: '' }
    answer = () => {
      throw Object.assign(new Error('conflict'), { status: 409, body: conflict })
    }
    assert.deepEqual(await draft.save(''), { kind: 'conflict', answer: conflict })
    assert.equal(draft.size(), 1)
    version = 'v2'
    await draft.rebase('v2', draft.changes())
    answer = () => ({ version: 'v3', applied: [], of: 0 })
    await draft.save('')
    assert.deepEqual(calls.at(-1)?.headers, { 'If-Match': '"v2"' })
  })

  it('holds what the gateway found wrong until that is changed', async () => {
    const draft = await open()
    draft.edit(['admin_contacts'], ['nobody'])
    answer = () => {
      throw Object.assign(new Error('invalid'), {
        status: 422,
        errors: [{ path: ['admin_contacts', 0], message: 'must be an address' }],
      })
    }
    assert.equal((await draft.save('')).kind, 'invalid')
    assert.equal(draft.errors().length, 1)
    draft.edit(['shadow'], true)
    assert.equal(draft.errors().length, 1)
    draft.edit(['admin_contacts'], ['a@example.net'])
    assert.equal(draft.errors().length, 0)
  })

  it('does not take an answer for what was typed since', async () => {
    const draft = await open()
    draft.edit(['admin_contacts'], ['nobody'])
    answer = () => {
      draft.edit(['admin_contacts'], ['a@example.net'])
      return {
        errors: [{ path: ['admin_contacts', 0], message: 'must be an address' }],
        warnings: [],
        diff: '',
      }
    }
    await draft.validate()
    assert.deepEqual(draft.errors(), [])
  })

  it('tells its listeners of every change', async () => {
    const draft = await open()
    let told = 0
    const stop = draft.onChange(() => told++)
    draft.edit(['inactivity_timeout'], 5)
    assert.deepEqual(draft.faults()[0]?.path, ['inactivity_timeout'])
    draft.undo(['inactivity_timeout'])
    draft.discard()
    stop()
    draft.edit(['shadow'], true)
    assert.equal(told, 3)
  })
})
