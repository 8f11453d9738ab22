import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Messages } from './messages'

export interface NodeAnswer {
  readonly node: string
  readonly answer: unknown
}

const question = z.strictObject({ id: z.string().max(80), topic: z.string().max(80), question: z.unknown() })
const reply = z.strictObject({ id: z.string().max(80), answer: z.unknown() })

const TIMEOUT_MS = 2000

/** Questions to all other nodes, over messages. */
export function createQuestions(messages: Messages) {
  const responders = new Map<string, (question: unknown) => unknown>()
  const waiting = new Map<string, (answer: NodeAnswer) => void>()

  messages.subscribe('ask', question, (asked, from) => {
    void Promise.resolve()
      .then(() => responders.get(asked.topic)?.(asked.question))
      .catch(() => undefined)
      .then((answer) => messages.send('reply', { id: asked.id, answer: answer ?? null }, from))
      .catch(() => undefined)
  })
  messages.subscribe('reply', reply, ({ id, answer }, from) => waiting.get(id)?.({ node: from, answer }))

  return {
    answer: (topic: string, responder: (question: unknown) => unknown) =>
      void responders.set(topic, responder),
    async ask(topic: string, asked: unknown, timeoutMs = TIMEOUT_MS): Promise<readonly NodeAnswer[]> {
      const id = randomUUID()
      const answers: NodeAnswer[] = []
      await new Promise<void>((resolve) => {
        let expected = Infinity
        const timer = setTimeout(resolve, timeoutMs)
        const endIfComplete = (): void => {
          if (answers.length < expected) return
          clearTimeout(timer)
          resolve()
        }
        waiting.set(id, (answer) => {
          answers.push(answer)
          endIfComplete()
        })
        const expect = (heard = Infinity): void => {
          // This node heard itself.
          expected = heard - 1
          endIfComplete()
        }
        messages.send('ask', { id, topic, question: asked }).then(expect, () => {
          expect(0)
        })
      })
      waiting.delete(id)
      return answers
    },
  }
}
