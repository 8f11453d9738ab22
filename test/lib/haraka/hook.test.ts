import assert from 'node:assert/strict'
import {
  accept,
  proceed,
  refuse,
  registerHook,
  type HookOptions,
  type Outcome,
} from '../../../plugins/lib/haraka/hook'
import { notSetUp } from '../../../plugins/lib/haraka/replies'
import { CONT, DENYSOFT, OK } from '../../../plugins/lib/haraka/return-codes'
import type { HarakaConnection, HarakaPlugin, Next } from '../../../plugins/lib/haraka/types'

interface Dsn {
  code: number
  reply: string
}

/** Runs one hook behind the guard and returns every call of `next`. */
async function runHook(options: HookOptions, handler: () => Outcome | Promise<Outcome>) {
  const errors: string[] = []
  const plugin = {
    register_hook: () => undefined,
    logerror: (line: string) => errors.push(line),
  } as unknown as HarakaPlugin
  registerHook(plugin, 'rcpt', options, handler)
  const calls: [number | undefined, Dsn | undefined][] = []
  const called = new Promise<void>((resolve) => {
    const next: Next = (code, message) => {
      calls.push([code, message as Dsn | undefined])
      resolve()
    }
    ;(plugin.on_rcpt as (next: Next, connection: HarakaConnection) => void)(next, {} as HarakaConnection)
  })
  await called
  await new Promise((resolve) => setTimeout(resolve, 5))
  return { calls, errors }
}

describe('the guard around hooks', () => {
  it('tells Haraka what the hook returned', async () => {
    assert.deepEqual((await runHook({ onError: 'pass' }, () => proceed)).calls, [[CONT, undefined]])
    assert.equal((await runHook({ onError: 'pass' }, () => accept)).calls[0]?.[0], OK)
  })

  it('refuses with the code and the enhanced code of the reply', async () => {
    const { calls } = await runHook({ onError: 'pass' }, () => refuse(notSetUp()))
    assert.deepEqual(
      calls.map(([code, dsn]) => [code, dsn?.code, dsn?.reply.split(' ')[0]]),
      [[DENYSOFT, 451, '4.3.5']],
    )
  })

  it('lets mail pass or defers it when the hook throws or rejects, and logs the stack once', async () => {
    const failures: (() => Outcome | Promise<Outcome>)[] = [
      () => {
        throw new Error('thrown')
      },
      () => Promise.reject(new Error('rejected')),
    ]
    for (const fail of failures) {
      const passed = await runHook({ onError: 'pass' }, fail)
      assert.deepEqual(passed.calls, [[CONT, undefined]])
      assert.equal(passed.errors.length, 1)
      assert.match(passed.errors[0] ?? '', /hook\.test/)
      const deferred = await runHook({ onError: 'tempfail' }, fail)
      assert.deepEqual(
        deferred.calls.map(([code, dsn]) => [code, dsn?.code]),
        [[DENYSOFT, 451]],
      )
    }
  })

  it('answers for a hook that never ends, and only once when it ends after all', async () => {
    let finish: (outcome: Outcome) => void = () => undefined
    const { calls, errors } = await runHook(
      { onError: 'tempfail', deadlineMs: 10 },
      () => new Promise<Outcome>((resolve) => (finish = resolve)),
    )
    finish(accept)
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(calls.length, 1)
    assert.equal(calls[0]?.[0], DENYSOFT)
    assert.match(errors[0] ?? '', /longer than 0\.01 s/)
  })
})
