import assert from 'node:assert/strict'
import { silentLog } from '../../plugins/lib/log'
import { createHostMemory } from '../../plugins/next-hops/hosts'

describe('The memory of hosts', () => {
  const setUp = () => {
    const time = { ms: 0 }
    const lines: string[] = []
    const log = {
      ...silentLog,
      warn: (line: string) => lines.push(line),
      notice: (line: string) => lines.push(line),
    }
    return { time, lines, memory: createHostMemory({ now: () => 0, monotonic: () => time.ms }, log) }
  }

  it('puts hosts that failed last, for half a minute', () => {
    const { memory, time } = setUp()
    memory.failed('a', 25, 'refused')
    assert.deepEqual(memory.inOrder(['a', 'b', 'c'], 25), ['b', 'c', 'a'])
    assert.deepEqual(memory.inOrder(['a', 'b'], 26), ['a', 'b'])
    time.ms = 30_000
    assert.deepEqual(memory.inOrder(['a', 'b', 'c'], 25), ['a', 'b', 'c'])
  })

  it('forgets a failure when the host answers', () => {
    const { memory } = setUp()
    memory.failed('a', 25, 'refused')
    memory.answered('a', 25)
    assert.deepEqual(memory.inOrder(['a', 'b'], 25), ['a', 'b'])
  })

  it('says once that a host fails and once that it is back', () => {
    const { memory, time, lines } = setUp()
    for (time.ms = 0; time.ms < 100_000; time.ms += 10_000) memory.failed('a', 25, 'ECONNREFUSED')
    memory.answered('a', 25)
    memory.answered('a', 25)
    assert.deepEqual(lines, ['next hop a:25 cannot be used: ECONNREFUSED', 'next hop a:25 answers again'])
  })
})
