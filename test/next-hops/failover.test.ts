import assert from 'node:assert/strict'
import { openFirst } from '../../plugins/next-hops/failover'

interface Attempt {
  readonly signal: AbortSignal
  stand(): { host: string; closed: boolean; close(): void }
  fail(): Promise<void>
}

const NEVER_MS = 1_000_000
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Failover', () => {
  const setUp = (hosts: string[], patienceMs: number) => {
    const attempts = new Map<string, Attempt>()
    const giveUp = new AbortController()
    const open = (host: string, signal: AbortSignal) =>
      new Promise<{ host: string; closed: boolean; close(): void }>((resolve, reject) => {
        attempts.set(host, {
          signal,
          stand() {
            const session = {
              host,
              closed: false,
              close() {
                session.closed = true
              },
            }
            resolve(session)
            return session
          },
          fail() {
            reject(new Error(`${host} failed`))
            return tick()
          },
        })
      })
    const started = (): string[] => [...attempts.keys()]
    const attempt = (host: string): Attempt => attempts.get(host) ?? assert.fail(`${host} was not tried`)
    return { started, attempt, giveUp, result: openFirst(hosts, open, patienceMs, giveUp.signal) }
  }

  it('takes the first host that stands and tries no other', async () => {
    const { attempt, started, result } = setUp(['a', 'b'], NEVER_MS)
    attempt('a').stand()
    assert.equal((await result).host, 'a')
    assert.deepEqual(started(), ['a'])
  })

  it('goes on to the next host at once when one fails', async () => {
    const { attempt, started, result } = setUp(['a', 'b', 'c'], NEVER_MS)
    await attempt('a').fail()
    assert.deepEqual(started(), ['a', 'b'])
    attempt('b').stand()
    assert.equal((await result).host, 'b')
  })

  it('starts the next host beside one that keeps it waiting', async () => {
    const { attempt, started, result } = setUp(['a', 'b'], 1)
    while (started().length < 2) await tick()
    assert.equal(attempt('a').signal.aborted, false)
    attempt('b').stand()
    assert.equal((await result).host, 'b')
    assert.equal(attempt('a').signal.aborted, true)
  })

  it('still takes a slow first host', async () => {
    const { attempt, started, result } = setUp(['a', 'b'], 1)
    while (started().length < 2) await tick()
    await attempt('b').fail()
    attempt('a').stand()
    assert.equal((await result).host, 'a')
  })

  it('closes a session that comes too late', async () => {
    const { attempt, started, result } = setUp(['a', 'b'], 1)
    while (started().length < 2) await tick()
    attempt('b').stand()
    await result
    const late = attempt('a').stand()
    await tick()
    assert.ok(late.closed)
  })

  it('fails with the reason of the last host when none stands', async () => {
    const { attempt, result } = setUp(['a', 'b'], NEVER_MS)
    const failed = assert.rejects(result, /b failed/)
    await attempt('a').fail()
    await attempt('b').fail()
    await failed
  })

  it('ends all attempts when it is told to give up', async () => {
    const { attempt, giveUp, started, result } = setUp(['a', 'b'], NEVER_MS)
    giveUp.abort()
    await assert.rejects(result, /given up/)
    assert.ok(attempt('a').signal.aborted)
    await attempt('a').fail()
    assert.deepEqual(started(), ['a'])
  })
})
