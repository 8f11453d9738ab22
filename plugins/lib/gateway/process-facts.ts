import type { Bus, ProcessAnswer } from '../haraka/bus'

/** What plugins tell about the process they run in: listeners, next hops, sessions. */
export interface ProcessFacts {
  /** Adds a fact by its name; it is read when somebody asks, and must be plain data. */
  provide(name: string, read: () => unknown): void
  /** The facts of every process, this one included. */
  gather(timeoutMs?: number): Promise<readonly FactsOfProcess[]>
}

export interface FactsOfProcess extends Pick<ProcessAnswer, 'pid' | 'role'> {
  readonly facts: Readonly<Record<string, unknown>>
}

const TOPIC = 'process-facts'

export function createProcessFacts(bus: Bus): ProcessFacts {
  const readers = new Map<string, () => unknown>()
  bus.answer(TOPIC, () => Object.fromEntries([...readers].map(([name, read]) => [name, read()])))
  return {
    provide: (name, read) => readers.set(name, read),
    async gather(timeoutMs) {
      const answers = await bus.ask(TOPIC, undefined, timeoutMs)
      return answers.map(({ pid, role, answer }) => ({ pid, role, facts: factsOf(answer) }))
    },
  }
}

/** Of a process that failed to answer nothing is known. */
const factsOf = (answer: unknown): Readonly<Record<string, unknown>> =>
  typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
