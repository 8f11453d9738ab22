import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/**
 * A part of the bench in a process of its own, so that it costs nobody else anything. Orders go to it one at a
 * time, each has one answer.
 */
export interface Program {
  ask<Answer>(order: unknown): Promise<Answer>
  stop(): Promise<void>
}

export async function startProgram(
  name: string,
  order: unknown,
): Promise<{ program: Program; ready: unknown }> {
  const child = fork(join(__dirname, `${name}.ts`), {
    execArgv: ['-r', 'ts-node/register'],
    serialization: 'advanced',
  })
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) throw new Error(`${name} ended with ${code}`)
  })
  const ask = async <Answer>(message: unknown): Promise<Answer> => {
    child.send(message as object)
    const [answer] = (await once(child, 'message')) as [Answer]
    return answer
  }
  return { program: { ask, stop: () => stop(child) }, ready: await ask(order) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}

/** The other side: answers each order. */
export function serveOrders(answer: (order: never) => Promise<unknown>): void {
  process.on('message', (order) => {
    void answer(order as never).then((result) => process.send?.(result ?? null))
  })
  process.on('disconnect', () => process.exit())
}
