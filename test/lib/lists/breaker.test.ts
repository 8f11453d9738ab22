import assert from 'node:assert/strict'
import type { DnsAnswer } from '../../../plugins/lib/dns/types'
import { createListEngine, type ListEngine } from '../../../plugins/lib/lists/engine'
import { createHealth } from '../../../plugins/lib/lists/health'
import type { Finding, ListKind } from '../../../plugins/lib/lists/types'
import {
  createRecordedLog,
  createTestTime,
  nxdomain,
  parseSecrets,
  parseSettings,
  records,
  type RecordedLog,
  type TestTime,
} from './support'

const listing = records('127.0.0.2')
/** Spammers of tests, each in a network of its own. */
const spammer = (number: number): string => `${20 + (number % 50)}.${Math.floor(number / 50)}.7.9`

/** A list as RFC 5782 wants it, which lists spammers. */
function healthy(name: string): DnsAnswer {
  return /^(?:9\.7\.|2\.0\.0\.127\.|test\.)/.test(name) ? listing : nxdomain
}
/** A list that lists everything but its negative test entry. */
const listsAll = (name: string): DnsAnswer => (/^(?:1\.0\.0\.127|invalid)\./.test(name) ? nxdomain : listing)

describe('breaker', () => {
  let time: TestTime
  let log: RecordedLog
  let engine: ListEngine
  let answer: (name: string) => DnsAnswer | Promise<DnsAnswer>
  let asked: string[]

  function start(settings: object = {}): void {
    time = createTestTime()
    log = createRecordedLog()
    asked = []
    answer = healthy
    const resolver = {
      lookup: async (name: string) => {
        asked.push(name)
        return answer(name)
      },
    }
    const { clock, after } = time
    const health = createHealth({ clock, after, log, retestMs: 300_000 })
    engine = createListEngine({ resolver, health, clock, log, configDir: '/nowhere', hostname: 'mx.test' })
    engine.configure(
      parseSettings({
        ip_blocklists: { custom: ['bl.example'] },
        ip_allowlists: { custom: ['wl.example'] },
        domain_blocklists: { custom: ['dbl.example'] },
        ...settings,
      }),
      parseSecrets(),
    )
  }
  afterEach(() => {
    engine.close()
  })

  const ask = async (ip: string, kind: ListKind = 'ip_blocklist'): Promise<Finding['kind']> => {
    const [finding] = await engine.check(kind, { kind: 'ip', ip })
    assert(finding)
    return finding.kind
  }
  const askAll = async (count: number): Promise<Finding['kind'][]> => {
    const kinds: Finding['kind'][] = []
    for (let at = 0; at < count; at++) kinds.push(await ask(spammer(at)))
    return kinds
  }
  const state = (id = 'ip_blocklist/custom/bl.example') => {
    const view = engine.lists().find((list) => list.id === id)
    assert(view)
    return view.state.kind === 'suspended' ? view.state.reason : view.state.kind
  }

  it('lets good lists refuse ten spammers on a quiet day, and all of an attack, with few questions more', async () => {
    start()
    assert.deepEqual(new Set(await askAll(10)), new Set(['listed']))
    const before = asked.length
    for (let minute = 0; minute < 10; minute++) {
      assert.deepEqual(new Set(await askAll(400)), new Set(['listed']))
      await time.advance(60_000)
    }
    assert.equal(state(), 'up')
    assert.ok(asked.length - before < 4000 + 100, `${asked.length - before} questions`)
  })

  it('is not tripped by a list of more than half the Internet', async () => {
    start({ breaker: { interval: 10 } })
    // Of the first octet's 223 values, 134.
    answer = (name) => {
      const first = Number(/^\d+\.\d+\.\d+\.(\d+)\.bl/.exec(name)?.[1])
      return first < 135 && first !== 127 ? listing : healthy(name)
    }
    for (let turn = 0; turn < 100; turn++) {
      assert.equal(await ask(spammer(turn)), 'listed')
      await time.advance(10_000)
    }
  })

  it('believes no listing of a list that lists everything but its negative test entry', async () => {
    start()
    answer = listsAll
    assert.equal(await ask('192.0.78.1'), 'error')
    assert.match(state(), /^lists 32 addresses drawn at random, so it lists everything$/)
    const names = await engine.check('domain_blocklist', { kind: 'name', name: 'good-company.org' })
    assert.deepEqual(
      names.map(({ kind }) => kind),
      ['error'],
    )
    assert.match(state('domain_blocklist/custom/dbl.example'), /names that nobody has/)
    assert.equal(log.lines.filter((line) => line.includes('bl.example) is not asked')).length, 2)
  })

  it('notices within twenty networks when a list that passed its test begins to list everything', async () => {
    start()
    assert.equal(await ask(spammer(0)), 'listed')
    for (let at = 0; at < 30; at++) await ask(`60.${at}.1.1`)
    await time.advance(10_000)
    answer = listsAll
    const kinds = []
    for (let at = 0; at < 60; at++) kinds.push(await ask(`70.${at}.1.1`))
    const believed = kinds.filter((kind) => kind === 'listed').length
    assert.ok(believed > 0 && believed <= 31, `${believed} were believed`)
    assert.equal(kinds.at(-1), 'skipped')
  })

  it('counts a loud network once', async () => {
    start()
    await ask(spammer(0))
    await time.advance(10_000)
    answer = listsAll
    for (let at = 0; at < 60; at++) assert.equal(await ask(`70.1.1.${at}`), 'listed')
  })

  it('tests a list again when the last test is old', async () => {
    start({ breaker: { interval: 60 } })
    assert.equal(await ask(spammer(0)), 'listed')
    answer = listsAll
    await time.advance(59_000)
    assert.equal(await ask('70.1.1.1'), 'listed')
    await time.advance(1000)
    assert.equal(await ask('70.2.1.1'), 'error')
  })

  it('suspends a blocklist that lists a canary, address or name; an allowlist may', async () => {
    start({ breaker: { canaries: ['198.51.100.25', 'ours.example.com'] } })
    answer = (name) => (/^(?:25\.100\.51\.198|ours\.example\.com)\./.test(name) ? listing : healthy(name))
    assert.equal(await ask(spammer(0)), 'error')
    assert.equal(state(), 'lists 198.51.100.25, which is one of breaker.canaries')
    await engine.check('domain_blocklist', { kind: 'name', name: '9.7.spam-company.org' })
    assert.match(state('domain_blocklist/custom/dbl.example'), /^lists ours\.example\.com/)
    assert.equal(await ask(spammer(0), 'ip_allowlist'), 'listed')
    assert.equal(state('ip_allowlist/custom/wl.example'), 'up')
  })

  it('leaves a canary alone whose code is only noted', async () => {
    const list = { zone: 'bl.example', codes: { '127.0.0.3': 'note' } }
    start({ breaker: { canaries: ['198.51.100.25'] }, ip_blocklists: { custom: [list] } })
    answer = (name) => (name.startsWith('25.100.51.198.') ? records('127.0.0.3') : healthy(name))
    assert.equal(await ask(spammer(0)), 'listed')
  })

  it('does nothing when it is off', async () => {
    start({ breaker: { enabled: false, canaries: ['198.51.100.25'] } })
    answer = listsAll
    assert.equal(await ask(spammer(0)), 'listed')
    assert.equal(asked.length, 1)
  })

  it('lets a session wait no longer than three seconds for a test', async () => {
    start()
    answer = (name) => (name.startsWith('9.7.') ? listing : new Promise(() => undefined))
    const finding = ask(spammer(0))
    await time.advance(0)
    await time.advance(3000)
    assert.equal(await finding, 'listed')
  })
})
