import assert from 'node:assert/strict'
import { systemClock } from '../../plugins/lib/clock'
import type { Bus } from '../../plugins/lib/haraka/bus'
import { createConnectionCounts } from '../../plugins/mail-core/connection-counts'
import { eventually } from '../support/eventually'

describe('Connections', () => {
  const tales: unknown[] = []
  let hear: (data: unknown) => void = () => undefined
  const bus: Pick<Bus, 'publish' | 'subscribe'> = {
    publish: (_topic, data) => tales.push(data),
    subscribe: (_topic, listener) => (hear = listener),
  }
  const tale = (pid: number, total: number, clients: [string, number][], isComplete = false) => ({
    pid,
    total,
    clients,
    isComplete,
  })

  it('are counted over all processes, IPv6 by the /64', () => {
    const counts = createConnectionCounts(bus as Bus, systemClock)
    counts.opened('192.0.2.1')
    counts.opened('::ffff:192.0.2.1')
    counts.opened('2001:db8:0:1::1')
    counts.opened('2001:db8:0:1::2')
    hear(
      tale(7, 5, [
        ['192.0.2.1', 3],
        ['192.0.2.2', 2],
      ]),
    )
    hear(tale(8, 1, [['192.0.2.1', 1]]))
    assert.deepEqual([counts.total(), counts.of('192.0.2.1'), counts.of('2001:db8:0:1::3')], [10, 6, 2])
    hear(tale(7, 2, [['192.0.2.1', 0]]))
    assert.deepEqual([counts.total(), counts.of('192.0.2.1'), counts.of('192.0.2.2')], [7, 3, 2])
    hear(tale(7, 1, [['192.0.2.9', 1]], true))
    assert.deepEqual([counts.of('192.0.2.2'), counts.of('192.0.2.9')], [0, 1])
    counts.closed('192.0.2.1')
    assert.equal(counts.of('192.0.2.1'), 2)
  })

  it('are told to the others together', async () => {
    const counts = createConnectionCounts(bus as Bus, systemClock)
    for (let connection = 0; connection < 100; connection += 1) counts.opened('192.0.2.1')
    counts.opened('192.0.2.2')
    counts.closed('192.0.2.2')
    const told = await eventually('the others to be told', () =>
      tales.find((one) => (one as { total: number }).total === 100),
    )
    const clients: [string, number][] = [
      ['192.0.2.1', 100],
      ['192.0.2.2', 0],
    ]
    assert.deepEqual(told, tale(process.pid, 100, clients))
  })

  it('of a process that is gone are forgotten', async () => {
    let now = 0
    const counts = createConnectionCounts(bus as Bus, { ...systemClock, monotonic: () => now })
    hear(tale(7, 5, [['192.0.2.1', 5]]))
    now = 16_000
    hear(tale(8, 1, [['192.0.2.1', 1]]))
    await eventually('it to be forgotten', () => counts.total() === 1)
  })
})
