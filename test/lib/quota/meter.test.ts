import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFleet, type Fleet } from '../../../plugins/lib/fleet/fleet'
import { createRedisLink } from '../../../plugins/lib/fleet/link'
import { silentLog } from '../../../plugins/lib/log'
import { createQuotaMeter, type QuotaMeter } from '../../../plugins/lib/quota/meter'
import { eventually } from '../../support/eventually'
import { hasRedis, startRedis, type RedisServer } from '../../support/redis'

const KEY = 'abusix 3fa2c1'
const FIRST_DAY = Date.parse('2026-11-24T12:30:00Z')

describe('the quota meter', () => {
  let dir: string
  let now: number
  let warnings: string[]
  const clock = { now: () => now, monotonic: () => now }
  const log = { ...silentLog, warn: (line: string) => void warnings.push(line) }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'quota-test-'))
    now = FIRST_DAY
    warnings = []
  })
  afterEach(() => {
    rmSync(dir, { recursive: true })
  })

  const meterOf = (name: string, fleet?: Fleet, perDay?: number): QuotaMeter => {
    const meter = createQuotaMeter({ file: join(dir, name), clock, log, fleet: () => fleet })
    meter.configure([{ id: KEY, perDay, isIn: () => false }])
    return meter
  }
  const queriesOf = (meter: QuotaMeter): number | undefined => meter.report()[0]?.queriesToday

  it('adds up a day, keeps it over a restart, and begins anew with the next', async () => {
    const meter = meterOf('a')
    assert.deepEqual([queriesOf(meter), meter.report()[0]?.nodes], [0, 0])
    meter.count({ [KEY]: 3 })
    meter.count({ [KEY]: 4 })
    await meter.refresh()
    const again = meterOf('a')
    again.count({ [KEY]: 1 })
    const { forecast, ...report } = again.report()[0] ?? assert.fail()
    assert.deepEqual(report, {
      provider: 'abusix',
      name: 'Abusix (3fa2c1)',
      queriesToday: 8,
      perDay: null,
      warning: false,
      nodes: 1,
    })
    assert.equal(forecast, 8 + 8 * 11.5)
    now += 86_400_000
    assert.equal(queriesOf(again), 0)
  })

  it('warns once a day, also over a restart', async () => {
    const first = meterOf('a', undefined, 100)
    first.count({ [KEY]: 79 })
    now = Date.parse('2026-11-24T23:50:00Z')
    await first.refresh()
    assert.deepEqual(warnings, [])
    first.count({ [KEY]: 1 })
    await first.refresh()
    await first.refresh()
    const second = meterOf('a', undefined, 100)
    second.count({ [KEY]: 100 })
    await second.refresh()
    assert.equal(warnings.length, 1)
    assert.match(
      warnings.join('\n'),
      /^Abusix \(3fa2c1\): 80 of 100 queries a day are used, .* nothing is held back$/,
    )
    now += 86_400_000
    second.count({ [KEY]: 90 })
    await second.refresh()
    assert.equal(warnings.length, 2)
  })

  it('goes on beside a file that holds garbage, or cannot be written', async () => {
    rmSync(dir, { recursive: true })
    const meter = meterOf('gone')
    meter.count({ [KEY]: 5 })
    await meter.refresh()
    assert.equal(queriesOf(meter), 5)
    dir = mkdtempSync(join(tmpdir(), 'quota-test-'))
  })

  describe('in a fleet', () => {
    let redis: RedisServer
    const fleets: Fleet[] = []

    before(async function () {
      if (!hasRedis()) this.skip()
      redis = await startRedis()
    })
    afterEach(() => {
      for (const fleet of fleets.splice(0)) fleet.close()
      redis.cli('flushall')
    })
    after(async () => {
      await redis.stop()
    })
    const join = async (node: string): Promise<Fleet> => {
      const link = createRedisLink({ redis: redis.url, password: undefined, name: node, log: silentLog })
      const fleet = createFleet({ name: 'test', node, link, log: silentLog })
      fleets.push(fleet)
      await eventually(`${node} to be connected`, () => link.fault() === undefined)
      return fleet
    }

    it('adds up what all nodes have asked, each query once', async () => {
      const [a, b] = [meterOf('a', await join('a')), meterOf('b', await join('b'))]
      a.count({ [KEY]: 30 })
      b.count({ [KEY]: 12 })
      for (const meter of [a, b, a, b, a]) await meter.refresh()
      for (const meter of [a, b]) assert.deepEqual([queriesOf(meter), meter.report()[0]?.nodes], [42, 2])
      b.count({ [KEY]: 8 })
      assert.equal(queriesOf(b), 50, 'its own at once')
      await b.refresh()
      await a.refresh()
      assert.equal(queriesOf(a), 50)
      assert.equal(redis.cli('hlen', '{gateway:test}:queries:2026-11-24'), '1', 'one hour, one key')
      assert.ok(Number(redis.cli('ttl', '{gateway:test}:queries:2026-11-24')) > 86_400)
    })

    it('writes nothing for a minute in which nothing was asked', async () => {
      const meter = meterOf('a', await join('a'))
      const writes = (): number =>
        Number(/cmdstat_hincrby:calls=(\d+)/.exec(redis.cli('info', 'commandstats'))?.[1] ?? 0)
      meter.count({ [KEY]: 1 })
      await meter.refresh()
      const before = writes()
      await meter.refresh()
      assert.equal(writes(), before)
      meter.count({ [KEY]: 1000 })
      await meter.refresh()
      assert.equal(writes(), before + 2)
    })

    it('gives a Redis that has lost all what it had from this node, in the hours that it was asked in', async () => {
      const meter = meterOf('a', await join('a'))
      meter.count({ [KEY]: 20 })
      await meter.refresh()
      now += 3_600_000
      meter.count({ [KEY]: 5 })
      await meter.refresh()
      const totals = (): string => redis.cli('hgetall', '{gateway:test}:queries:2026-11-24')
      const before = totals().split('\n').toSorted()
      redis.cli('flushall')
      await meter.refresh()
      assert.deepEqual(totals().split('\n').toSorted(), before)
      assert.deepEqual(before, ['20', '5', `${KEY} 12`, `${KEY} 13`].toSorted())
    })

    it('knows from Redis what this node had asked before it lost its own file', async () => {
      const fleet = await join('a')
      const meter = meterOf('a', fleet)
      meter.count({ [KEY]: 20 })
      await meter.refresh()
      const again = meterOf('another file', fleet)
      again.count({ [KEY]: 3 })
      await again.refresh()
      again.count({ [KEY]: 4 })
      await again.refresh()
      assert.equal(queriesOf(again), 27)
    })

    it('tells what was counted alone, and counts on when Redis is gone', async () => {
      const alone = meterOf('a')
      alone.count({ [KEY]: 7 })
      await alone.refresh()
      const fleet = await join('a')
      const meter = meterOf('a', fleet)
      await meter.refresh()
      assert.match(redis.cli('hgetall', '{gateway:test}:queries:2026-11-24'), /\b7$/)
      fleet.close()
      meter.count({ [KEY]: 5 })
      await meter.refresh()
      assert.equal(queriesOf(meter), 12)
    })

    it('has one node warn for all', async () => {
      const meters = [meterOf('a', await join('a'), 50), meterOf('b', await join('b'), 50)]
      for (const meter of meters) meter.count({ [KEY]: 25 })
      for (const meter of [...meters, ...meters]) await meter.refresh()
      assert.equal(warnings.length, 1)
      assert.ok(meters.every((meter) => meter.report()[0]?.warning))
    })

    it('leaves garbage in Redis out', async () => {
      const meter = meterOf('a', await join('a'))
      const totals = '{gateway:test}:queries:2026-11-24'
      for (const [field, value] of [
        [`${KEY} 99`, '5'],
        [`${KEY} 3`, 'many'],
        ['nonsense', '7'],
        ['<script> 3', '7'],
      ] as const)
        redis.cli('hset', totals, field, value)
      meter.count({ [KEY]: 2 })
      await meter.refresh()
      assert.deepEqual(
        meter.report().map(({ name, queriesToday }) => [name, queriesToday]),
        [['Abusix (3fa2c1)', 2]],
      )
    })
  })

  it('keeps no key in its file', async () => {
    const meter = meterOf('a')
    meter.count({ [KEY]: 1 })
    await meter.refresh()
    assert.match(readFileSync(join(dir, 'a'), 'utf8'), /abusix 3fa2c1/)
  })
})
