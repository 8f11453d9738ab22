import type { Question, UsefulAnswer } from './codec'
import type { FinalReply, NameServer } from './name-server'
import type { Servers } from './servers'

/** The first retransmission comes after this at the latest. */
const firstRetransmissionMs = 1000
/** Older attempts are forgotten. */
const maxAttempts = 8

export interface AttemptsContext {
  readonly servers: Pick<Servers, 'ranked' | 'demote' | 'isSilent' | 'replies' | 'check' | 'afterReading'>
  readonly onAnswer: (answer: UsefulAnswer) => void
  /** Every server that answers at all has said that it cannot answer this. */
  readonly onFailed: (rcode: string) => void
  readonly onRetransmission: () => void
}

/** The sending side of one question: to which server, when again, when to another. */
export interface Attempts {
  /** Sends at first, later only allows for the longer deadline. */
  start(timeoutMs: number): void
  /** The rcode of a server that has answered, though not with an answer. */
  failure(): string | undefined
  /**
   * No server has answered anything, not even check questions, since the last retransmission but one. (The last
   * may be so late, in a burst of our own, that its check had no time to be answered.)
   */
  isSilent(): boolean
  /** The servers are others now: asks those. */
  readonly restart: () => void
  stop(): void
}

interface Attempt {
  readonly server: NameServer
  readonly repliesBefore: number
  readonly release: () => void
}

export function createAttempts(question: Question, context: AttemptsContext): Attempts {
  const { servers } = context
  const failures = new Map<NameServer, string>()
  const attempts: Attempt[] = []
  let longestTimeoutMs = 0
  let sent = 0
  /** Replies that had come at the last check and the one before. */
  let checks: [number, number] = [servers.replies(), servers.replies()]
  let timer: NodeJS.Timeout | undefined

  function send() {
    clearTimeout(timer)
    timer = setTimeout(servers.afterReading, delayMs(sent, longestTimeoutMs), retransmit)
    const server = nextServer(servers.ranked(), attempts, failures)
    if (!server) return
    if (sent > 0) context.onRetransmission()
    sent += 1
    const release = server.ask(question, (reply) => {
      receive(server, reply)
    })
    attempts.push({ server, repliesBefore: server.stats.replies, release })
    if (attempts.length > maxAttempts) attempts.shift()?.release()
  }

  function retransmit() {
    const last = attempts.at(-1)
    // Answered meanwhile.
    if (!last) return
    if (last.server.stats.replies === last.repliesBefore) servers.demote(last.server)
    checks = [servers.check(), checks[0]]
    send()
  }

  function receive(server: NameServer, reply: FinalReply) {
    if (reply.kind === 'answer') {
      context.onAnswer(reply.answer)
      return
    }
    if (reply.kind === 'error') servers.demote(server)
    else failures.set(server, reply.rcode)
    const [rcode] = failures.values()
    const ranked = servers.ranked()
    const isOver = ranked.every((each) => failures.has(each) || servers.isSilent(each))
    if (rcode !== undefined && isOver) context.onFailed(rcode)
    // At once, if there is a server that was not asked yet.
    else if (ranked.some((each) => !isAsked(each, attempts))) send()
  }

  function stop() {
    clearTimeout(timer)
    for (const attempt of attempts.splice(0)) attempt.release()
  }

  return {
    start(timeoutMs) {
      longestTimeoutMs = Math.max(longestTimeoutMs, timeoutMs)
      if (sent === 0) send()
    },
    failure: () => failures.values().next().value,
    isSilent: () => servers.replies() === checks[1],
    restart() {
      stop()
      failures.clear()
      send()
    },
    stop,
  }
}

/** Again after a second, doubling, but at least twice within the deadline. */
function delayMs(sent: number, timeoutMs: number): number {
  return Math.min(firstRetransmissionMs * 2 ** sent, timeoutMs / 3)
}

function isAsked(server: NameServer, attempts: readonly Attempt[]): boolean {
  return attempts.some((attempt) => attempt.server === server)
}

/** The preferred one among those asked least; none that has said it cannot answer. */
function nextServer(
  servers: readonly NameServer[],
  attempts: readonly Attempt[],
  failures: ReadonlyMap<NameServer, string>,
): NameServer | undefined {
  let chosen: NameServer | undefined
  let fewest = Infinity
  for (const server of servers) {
    if (failures.has(server)) continue
    const asked = attempts.filter((attempt) => attempt.server === server).length
    if (asked < fewest) {
      chosen = server
      fewest = asked
    }
  }
  return chosen
}
