import assert from 'node:assert/strict'
import { createHealth, type Health, type WatchedList } from '../../../plugins/lib/lists/health'
import type { ProbeResult } from '../../../plugins/lib/lists/probe'
import { createRecordedLog, createTestTime, type RecordedLog, type TestTime } from './support'

const passed: ProbeResult = { kind: 'passed', noTestEntry: false }
const noTestEntry: ProbeResult = { kind: 'passed', noTestEntry: true }
const failed: ProbeResult = { kind: 'failed', reason: 'lists everything' }
const fault = { kind: 'fault', reason: 'gives no answer within 3000 ms' } as const

interface TestedList extends WatchedList {
  result: ProbeResult
  tests: number
}

function createList(id: string, options: Partial<WatchedList> = {}): TestedList {
  const list: TestedList = {
    id,
    name: id.toUpperCase(),
    identity: id,
    result: passed,
    tests: 0,
    test() {
      list.tests += 1
      return Promise.resolve(list.result)
    },
    ...options,
  }
  return list
}

describe('health of lists', () => {
  let time: TestTime
  let log: RecordedLog
  let health: Health

  beforeEach(() => {
    time = createTestTime()
    log = createRecordedLog()
    health = create()
  })

  function create(): Health {
    return createHealth({ clock: time.clock, after: time.after, log, retestMs: 300_000, confirmMs: 5000 })
  }

  /** A new list, watched and tested once. */
  async function start(list: TestedList): Promise<TestedList> {
    health.watch([list])
    health.startTesting()
    await time.advance(0)
    return list
  }

  const report = (outcome: Parameters<Health['report']>[1], askedAtMs = time.clock.monotonic()): void => {
    health.report('zen', outcome, askedAtMs)
  }

  it('tests no later than it should when a clock was wrong', async () => {
    const list = createList('zen')
    health.watch([list])
    const now = time.clock.now()
    health.apply('zen', { kind: 'suspended', reason: 'is gone', since: now, nextTest: now + 86_400_000 })
    health.startTesting()
    await time.advance(300_000)
    assert.equal(list.tests, 1)
    assert.equal(health.state('zen').kind, 'up')
  })

  it('is good until something is wrong, and a test at the start finds that before mail does', async () => {
    const list = createList('zen')
    list.result = failed
    health.watch([list])
    assert.deepEqual(health.state('zen'), { kind: 'up' })
    health.startTesting()
    await time.advance(0)
    const now = time.clock.now()
    assert.deepEqual(health.state('zen'), {
      kind: 'suspended',
      reason: 'lists everything',
      since: now,
      nextTest: now + 300_000,
    })
  })

  it('suspends on a fault, tests again and again, and resumes when the test passes; each is said once', async () => {
    const list = await start(createList('zen'))
    list.result = { ...fault, kind: 'failed' }
    report(fault)
    report(fault)
    const since = time.clock.now()
    await time.advance(300_000)
    await time.advance(300_000)
    assert.equal(list.tests, 3)
    const state = health.state('zen')
    assert(state.kind === 'suspended')
    assert.equal(state.since, since)
    assert.equal(state.nextTest, since + 900_000)
    list.result = passed
    await time.advance(300_000)
    assert.deepEqual(health.state('zen'), { kind: 'up' })
    assert.deepEqual(log.lines, [
      'warn: ZEN (zen) is not asked for now: it gives no answer within 3000 ms; next test in 300 s',
      'notice: ZEN (zen) passes its test and is asked again',
    ])
  })

  it('says it when the reason changes', async () => {
    const list = await start(createList('zen'))
    report(fault)
    list.result = failed
    await time.advance(300_000)
    assert.equal(log.lines.length, 2)
    assert.match(log.lines[1] ?? '', /it lists everything/)
  })

  it('is not harmed by one failed answer, only by a test that fails some seconds later', async () => {
    const list = await start(createList('zen'))
    const failure = { kind: 'failed', reason: 'the DNS server answers SERVFAIL' } as const
    for (let count = 0; count < 100; count++) report(failure)
    await time.advance(5000)
    assert.equal(list.tests, 2)
    assert.deepEqual(health.state('zen'), { kind: 'up' })
    list.result = failed
    report(failure)
    await time.advance(5000)
    assert.equal(health.state('zen').kind, 'suspended')
  })

  it('forgets a failed answer when good ones follow', async () => {
    const list = await start(createList('zen'))
    report({ kind: 'failed', reason: 'the DNS server answers SERVFAIL' })
    report({ kind: 'clear' })
    await time.advance(5000)
    assert.equal(list.tests, 1)
  })

  it('is not harmed when our own resolver is at fault', async () => {
    const list = await start(createList('zen'))
    report({ kind: 'unreachable', reason: 'no DNS server answers' })
    list.result = { kind: 'inconclusive' }
    await time.advance(3_600_000)
    assert.deepEqual(health.state('zen'), { kind: 'up' })
    assert.deepEqual(log.lines, [])
  })

  it('stays suspended while our own resolver is at fault, and goes on testing', async () => {
    const list = await start(createList('zen'))
    report(fault)
    list.result = { kind: 'inconclusive' }
    await time.advance(600_000)
    assert.equal(list.tests, 3)
    const state = health.state('zen')
    assert(state.kind === 'suspended')
    assert.equal(state.nextTest, time.clock.now() + 300_000)
    assert.equal(log.lines.length, 1)
  })

  it('learns nothing new from answers to old questions', async () => {
    const list = await start(createList('zen'))
    const asked = time.clock.monotonic()
    await time.advance(1000)
    report(fault)
    list.result = passed
    await time.advance(300_000)
    report(fault, asked)
    assert.deepEqual(health.state('zen'), { kind: 'up' })
  })

  it('is tested seldom while it is good, which finds a list that began to list everything', async () => {
    const list = await start(createList('zen'))
    await time.advance(300_000)
    assert.equal(list.tests, 1)
    list.result = failed
    await time.advance(3_600_000)
    assert.equal(health.state('zen').kind, 'suspended')
  })

  it('notes a list without test entries once, and suspends one that lost them', async () => {
    const list = createList('zen')
    list.result = noTestEntry
    await start(list)
    const state = health.state('zen')
    assert(state.kind === 'up' && state.note !== undefined)
    await health.testNow('zen')
    assert.deepEqual(log.lines, [
      'warn: ZEN (zen) has no test entry, so whether it works cannot be told: check that its zone is spelt right',
    ])
    list.result = passed
    await health.testNow('zen')
    assert.deepEqual(health.state('zen'), { kind: 'up' })
    list.result = noTestEntry
    await health.testNow('zen')
    assert.equal(health.state('zen').kind, 'suspended')
  })

  it('keeps over new settings, unless what is asked changed', async () => {
    await start(createList('zen'))
    report(fault)
    health.watch([createList('zen'), createList('new')])
    assert.equal(health.state('zen').kind, 'suspended')
    health.watch([createList('zen', { identity: 'another key' })])
    assert.deepEqual(health.state('zen'), { kind: 'up' })
  })

  it('is tested at once when a list is new, and when DNS changed', async () => {
    const old = await start(createList('zen'))
    const added = createList('new')
    health.watch([old, added])
    await time.advance(0)
    assert.equal(added.tests, 1)
    assert.equal(old.tests, 1)
    report(fault)
    health.dnsChanged(60_000)
    await time.advance(0)
    assert.equal(old.tests, 2)
    assert.equal(added.tests, 1)
  })

  it('of a misconfigured list stays so, costs no test and is said once', async () => {
    const list = createList('zen', { problem: 'needs a key: set it' })
    health.watch([list])
    health.startTesting()
    await time.advance(3_600_000)
    health.watch([list])
    report(fault)
    health.apply('zen', { kind: 'up' })
    await health.testNow()
    assert.deepEqual(health.state('zen'), { kind: 'misconfigured', reason: 'needs a key: set it' })
    assert.equal(list.tests, 0)
    assert.deepEqual(log.lines, ['warn: ZEN (zen) is not asked: it needs a key: set it'])
  })

  it('survives a test that throws', async () => {
    await start(createList('zen', { test: () => Promise.reject(new Error('broken')) }))
    assert.deepEqual(health.state('zen'), { kind: 'up' })
  })

  it('leaves no timer behind when testing stops or all is closed', async () => {
    await start(createList('zen'))
    report(fault)
    assert.equal(time.pending(), 1)
    health.stopTesting()
    assert.equal(time.pending(), 0)
    health.startTesting()
    health.report('zen', { kind: 'failed', reason: 'x' }, time.clock.monotonic())
    health.close()
    assert.equal(time.pending(), 0)
  })

  it('forgets the result of a test that ended after its list was removed', async () => {
    const list = createList('zen')
    let finish: (result: ProbeResult) => void = () => undefined
    health.watch([{ ...list, test: () => new Promise((resolve) => (finish = resolve)) }])
    health.startTesting()
    await time.advance(0)
    health.watch([])
    finish(failed)
    await time.advance(0)
    assert.deepEqual(log.lines, [])
    assert.equal(time.pending(), 0)
  })

  describe('shared by two processes', () => {
    let worker: Health
    let workerList: TestedList
    let testerList: TestedList
    let told: string[]

    beforeEach(async () => {
      worker = create()
      told = []
      for (const [from, to, name] of [
        [health, worker, 'tester'],
        [worker, health, 'worker'],
      ] as const) {
        from.onChange(({ listId, state }) => {
          told.push(`${name}: ${state.kind}`)
          to.apply(listId, structuredClone(state))
        })
      }
      testerList = createList('zen')
      workerList = createList('zen')
      health.watch([testerList])
      worker.watch([workerList])
      health.startTesting()
      await time.advance(0)
    })

    it('is found by one, tested by the other, and told without echo', async () => {
      worker.report('zen', fault, time.clock.monotonic())
      assert.deepEqual(health.state('zen'), worker.state('zen'))
      assert.equal(health.state('zen').kind, 'suspended')
      await time.advance(300_000)
      assert.deepEqual([health.state('zen').kind, worker.state('zen').kind], ['up', 'up'])
      assert.equal(workerList.tests, 0)
      assert.equal(testerList.tests, 2)
      assert.deepEqual(told, ['worker: suspended', 'tester: up'])
      assert.equal(log.lines.length, 2)
    })

    it('reaches a process that starts later, before or after it read its settings', () => {
      health.report('zen', fault, time.clock.monotonic())
      const later = create()
      for (const { listId, state } of health.snapshot()) later.apply(listId, state)
      later.watch([createList('zen')])
      assert.deepEqual(later.state('zen'), health.state('zen'))
    })

    it('stops telling a listener that left', () => {
      const heard: string[] = []
      const stop = health.onChange(({ listId }) => heard.push(listId))
      health.report('zen', fault, time.clock.monotonic())
      stop()
      health.apply('zen', { kind: 'up' })
      health.report('zen', fault, time.clock.monotonic())
      assert.deepEqual(heard, ['zen'])
    })
  })
})
