import type { Clock } from '../clock'
import type { Log } from '../log'
import { createQuestion, type Question } from './codec'
import type { NameServer } from './name-server'

/** The root's name servers: every resolver knows them, and who does not is soon done refusing. */
const rootQuestion = requireQuestion('', 'NS')
/** For servers that keep silent about the root; later the last question that was answered takes its place. */
const localhostQuestion = requireQuestion('localhost', 'A')
const checkEveryMs = 1000
/** Checks within this time are one. */
const checkShareMs = 250
const checkAgainMs = 100
/** An outage so soon after another is not worth another pair of lines. */
const quietAfterOutageMs = 60_000

export interface Reachability {
  readonly isReachable: () => boolean
  /** How many valid replies have come from any server. */
  readonly replies: () => number
  /**
   * Asks all servers something they can surely answer. If `replies()` is still what this returned some time
   * later, no server answers anything.
   */
  readonly check: () => number
  /** How long the oldest check since the last reply has been waiting. */
  readonly silentMs: () => number
  readonly checkOne: (server: NameServer) => void
  readonly heard: (question: Question) => void
  /** Nothing answers: lookups are answered at once until a check in the background is. */
  readonly lose: () => void
  /** Assumes that servers answer, as before the first lookup. */
  readonly reset: () => void
}

export interface ReachabilityContext {
  readonly servers: () => readonly NameServer[]
  readonly timeoutMs: () => number
  readonly clock: Clock
  readonly log: Log
}

export function createReachability({ servers, timeoutMs, clock, log }: ReachabilityContext): Reachability {
  let replies = 0
  let sharedCheck: number | undefined
  let lastAnswered = localhostQuestion
  let unansweredSince: number | undefined
  let lostAt: number | undefined
  let foundAt = -Infinity
  let isQuiet = false
  let timer: NodeJS.Timeout | undefined

  function checkOne(server: NameServer) {
    sendCheck(server, [rootQuestion, lastAnswered], timeoutMs())
  }

  function checkAll() {
    for (const server of servers()) checkOne(server)
  }

  function find() {
    clearInterval(timer)
    const seconds = Math.round((clock.monotonic() - (lostAt ?? 0)) / 1000)
    lostAt = undefined
    foundAt = clock.monotonic()
    if (!isQuiet) log.notice(`DNS answers again after ${seconds} s: lists are asked again`)
  }

  return {
    isReachable: () => lostAt === undefined,
    replies: () => replies,
    check() {
      if (sharedCheck !== undefined) return sharedCheck
      const before = replies
      unansweredSince ??= clock.monotonic()
      sharedCheck = before
      checkAll()
      setTimeout(() => {
        // The first may have drowned in a burst of our own.
        if (replies === before) checkAll()
      }, checkAgainMs).unref()
      setTimeout(() => (sharedCheck = undefined), checkShareMs).unref()
      return before
    },
    checkOne,
    silentMs: () => (unansweredSince === undefined ? 0 : clock.monotonic() - unansweredSince),
    heard(question) {
      replies += 1
      unansweredSince = undefined
      if (question !== rootQuestion) lastAnswered = question
      if (lostAt !== undefined) find()
    },
    lose() {
      if (lostAt !== undefined) return
      lostAt = clock.monotonic()
      isQuiet = lostAt - foundAt < quietAfterOutageMs
      timer = setInterval(checkAll, checkEveryMs).unref()
      if (!isQuiet) log.warn(describeOutage(servers()))
    },
    reset() {
      unansweredSince = undefined
      clearInterval(timer)
      lostAt = undefined
    },
  }
}

/** A reply is told by `heard`; what it says does not matter. */
function sendCheck(server: NameServer, questions: readonly Question[], timeoutMs: number) {
  for (const question of questions) {
    const release = server.ask(question, () => undefined)
    setTimeout(release, timeoutMs).unref()
  }
}

function describeOutage(servers: readonly NameServer[]): string {
  const names = servers.map((server) => server.address).join(', ')
  const who =
    servers.length === 1 ? `DNS server ${names} does not answer` : `no DNS server answers (${names})`
  return (
    `${who}: mail passes without being checked against DNS lists until it does; ` +
    'see that the resolver runs and can be reached, or name others in dns.servers'
  )
}

function requireQuestion(name: string, type: 'NS' | 'A'): Question {
  const question = createQuestion(name, type)
  if (!question) throw new Error(`'${name}' cannot be asked`)
  return question
}
