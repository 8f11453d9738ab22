import { createAttempts, type Attempts, type AttemptsContext } from './attempts'
import type { Question } from './codec'
import type { DnsAnswer } from './types'

export interface ExchangeContext {
  readonly servers: AttemptsContext['servers']
  /** No server has answered anything for this long. */
  readonly onSilence: (timeoutMs: number) => void
  readonly onRetransmission: () => void
  /** The answer is known, or the last who waited for it has given up with this one. */
  readonly onDone: (answer: DnsAnswer) => void
}

/** One question in flight and all who wait for its answer. */
export interface Exchange {
  /** Waits for the answer, but not longer than this. */
  join(timeoutMs: number): Promise<DnsAnswer>
  settle(answer: DnsAnswer): void
  /** The servers are others now: asks those. */
  restart(): void
}

interface Waiter {
  readonly timeoutMs: number
  readonly resolve: (answer: DnsAnswer) => void
  timer?: NodeJS.Timeout
}

export function createExchange(question: Question, context: ExchangeContext): Exchange {
  const { servers, onRetransmission } = context
  const waiters = new Set<Waiter>()
  let isDone = false
  const attempts = createAttempts(question, {
    servers,
    onRetransmission,
    onAnswer: settle,
    onFailed: (rcode) => {
      settle({ kind: 'failed', rcode })
    },
  })

  function finish(answer: DnsAnswer) {
    isDone = true
    attempts.stop()
    context.onDone(answer)
  }

  function settle(answer: DnsAnswer) {
    if (isDone) return
    finish(answer)
    for (const waiter of waiters) {
      clearTimeout(waiter.timer)
      waiter.resolve(answer)
    }
    waiters.clear()
  }

  function expire(waiter: Waiter) {
    servers.afterReading(() => {
      giveUp(waiter)
    })
  }

  function giveUp(waiter: Waiter) {
    if (!waiters.has(waiter)) return
    const answer = explain(attempts, waiter.timeoutMs)
    if (answer.kind === 'unreachable') context.onSilence(waiter.timeoutMs)
    // An outage has settled all.
    if (!waiters.delete(waiter)) return
    waiter.resolve(answer)
    if (waiters.size === 0) finish(answer)
  }

  return {
    join(timeoutMs) {
      return new Promise((resolve) => {
        const waiter: Waiter = { timeoutMs, resolve }
        waiter.timer = setTimeout(expire, timeoutMs, waiter)
        waiters.add(waiter)
        attempts.start(timeoutMs)
      })
    },
    settle,
    restart: attempts.restart,
  }
}

/** Why there is no answer at the deadline. */
function explain(attempts: Attempts, timeoutMs: number): DnsAnswer {
  const rcode = attempts.failure()
  if (rcode !== undefined) return { kind: 'failed', rcode }
  return attempts.isSilent() ? { kind: 'unreachable' } : { kind: 'timeout', timeoutMs }
}
