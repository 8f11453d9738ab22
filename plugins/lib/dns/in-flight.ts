import type { Pending } from '../pending'
import type { Question } from './codec'
import { createExchange, type Exchange } from './exchange'
import type { Servers } from './servers'
import type { DnsAnswer } from './types'

/** More than mail traffic needs, and bounded memory when nothing answers. */
const maxExchanges = 8192

export interface InFlight {
  /** Joins the equal question in flight, or asks. */
  ask(key: string, question: Question, timeoutMs: number): Pending<DnsAnswer>
  /** The servers are others now: asks those. */
  restart(): void
  settleAll(answer: DnsAnswer): void
  stats(): InFlightStats
}

export interface InFlightStats {
  readonly questions: number
  /** Lookups that joined an equal question in flight. */
  readonly coalesced: number
  readonly retransmissions: number
  /** Lookups turned away because too many questions were in flight. */
  readonly overflows: number
  /** What came of the questions. */
  readonly answers: Readonly<Record<DnsAnswer['kind'], number>>
  /** Questions in flight now. */
  readonly inFlight: number
}

export interface InFlightContext {
  readonly servers: Servers
  /** Silence for so long means that nothing answers. */
  readonly patienceMs: () => number
  readonly onAnswer: (key: string, answer: DnsAnswer) => void
}

/** The questions in flight, each once however many wait for it. */
export function createInFlight({ servers, patienceMs, onAnswer }: InFlightContext): InFlight {
  const exchanges = new Map<string, Exchange>()
  const counts = { questions: 0, coalesced: 0, retransmissions: 0, overflows: 0 }
  const answers = { records: 0, nodata: 0, nxdomain: 0, failed: 0, timeout: 0, unreachable: 0 }

  function settleAll(answer: DnsAnswer) {
    for (const exchange of [...exchanges.values()]) exchange.settle(answer)
  }

  function start(key: string, question: Question): Exchange {
    counts.questions += 1
    const exchange = createExchange(question, {
      servers,
      onSilence(timeoutMs) {
        // One impatient caller does not make an outage; several in a row do.
        if (Math.max(timeoutMs, servers.silentMs()) < patienceMs()) return
        servers.lose()
        settleAll({ kind: 'unreachable' })
      },
      onRetransmission() {
        counts.retransmissions += 1
      },
      onDone(answer) {
        exchanges.delete(key)
        answers[answer.kind] += 1
        onAnswer(key, answer)
      },
    })
    exchanges.set(key, exchange)
    return exchange
  }

  return {
    ask(key, question, timeoutMs) {
      const current = exchanges.get(key)
      if (current) {
        counts.coalesced += 1
        return current.join(timeoutMs)
      }
      if (exchanges.size >= maxExchanges) {
        counts.overflows += 1
        return { kind: 'unreachable' }
      }
      return start(key, question).join(timeoutMs)
    },
    restart() {
      for (const exchange of exchanges.values()) exchange.restart()
    },
    settleAll,
    stats: () => ({ ...counts, answers: { ...answers }, inFlight: exchanges.size }),
  }
}
