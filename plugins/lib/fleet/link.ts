import { reasonOf } from '../error-text'
import type { Log } from '../log'
import { parseRedisAddress, redisAddressText } from './redis-address'
import type { RedisClientOptions, RedisCommands } from './redis-client'

/**
 * The way to Redis: one connection for commands, one for what is published. It may be gone at any time; that is
 * said once, and so is its return.
 */
export interface RedisLink {
  /** Whether PUBLISH tells how many heard it: a node of a Redis Cluster knows of its own clients only. */
  readonly countsReceivers: boolean
  /** Why it is not up. */
  fault(): string | undefined
  status(): LinkStatus
  /** Rejects when Redis can't be reached, does not answer in time, or refuses; callers go on without. */
  readonly run: <Result>(command: (redis: RedisCommands) => Promise<Result>) => Promise<Result>
  /** Kept over reconnections. */
  subscribe(channel: string, listener: (message: string) => void): void
  /** Called each time that the link comes up. */
  onUp(listener: () => void): void
  close(): void
}

export interface LinkStatus {
  readonly isUp: boolean
  /** Attempts that found no Redis, or got no answer in time. */
  readonly failures: number
  /** Commands that it did not take. */
  readonly refusals: number
  /** Milliseconds since it answered last; undefined when it never did. */
  readonly answerAge: number | undefined
}

export interface RedisLinkOptions {
  readonly redis: string
  readonly password: string | undefined
  /** Shown by CLIENT LIST. */
  readonly name: string
  readonly log: Log
}

const RETRY_MS = 2000

export function createRedisLink({ redis, password, name, log }: RedisLinkOptions): RedisLink {
  const address = parseRedisAddress(redis)
  const state = createLinkState(redisAddressText(address), log)
  let isClosed = false

  const retry = (task: () => Promise<unknown>): void => {
    task().catch((error: unknown) => {
      if (isClosed) return
      state.down(error)
      setTimeout(retry, RETRY_MS, task).unref()
    })
  }
  const opened = openClients({ address, password, name }).then((clients) => {
    const { commands, events } = clients
    commands.on('ready', state.up)
    for (const client of [commands, events]) {
      client.on('error', state.down)
      if (!isClosed) retry(() => client.connect())
    }
    return clients
  })
  // Nobody else may be there to hear it, and a rejection that nobody hears ends the process.
  opened.catch(state.down)

  return {
    countsReceivers: address.kind !== 'cluster',
    fault: state.fault,
    status: state.status,
    onUp: state.onUp,
    async run(command) {
      const { commands, isRefusal, isOffline } = await opened
      try {
        const result = await withinTime(command(commands))
        state.up()
        return result
      } catch (error) {
        if (isRefusal(error)) state.refused(error)
        // Why there is no connection, or that it is only being made, the client has told itself.
        else if (!isOffline(error)) state.down(error)
        throw error
      }
    },
    subscribe(channel, listener) {
      retry(async () => (await opened).events.subscribe(channel, listener))
    },
    close() {
      isClosed = true
      state.close()
      const end = ({ commands, events }: Awaited<typeof opened>): void => {
        for (const client of [commands, events]) destroy(client)
      }
      opened.then(end, () => undefined)
    },
  }
}

/** The library is large: who is in no fleet does without it. */
async function openClients(options: RedisClientOptions) {
  const { createRedisClient, isOffline, isRefusal } = await import('./redis-client')
  // With equal options: for others the library makes another class of all its commands, in 80 ms and 1.7 MB (measured).
  return {
    commands: createRedisClient(options),
    events: createRedisClient(options),
    isOffline,
    isRefusal,
  }
}

/** No command waits longer: mail never does, but people who look at a page do. */
const COMMAND_TIMEOUT_MS = 2000

/** The client's own limit ends when a command is sent; a Redis that hangs has been sent it. */
async function withinTime<Result>(command: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${COMMAND_TIMEOUT_MS / 1000} s`))
    }, COMMAND_TIMEOUT_MS)
  })
  return Promise.race([command, late]).finally(() => {
    clearTimeout(timer)
  })
}

function destroy(client: RedisCommands): void {
  try {
    client.destroy()
  } catch {
    // It was closed already.
  }
}

/** Up for so long is back for good: a Redis that answers now and then is one fault, not many. */
const STEADY_MS = 10_000
const REFUSAL_EVERY_MS = 600_000

function createLinkState(where: string, log: Log) {
  const upListeners: (() => void)[] = []
  let fault: string | undefined = 'not connected yet'
  let isSaid = false
  let steady: NodeJS.Timeout | undefined
  let refusedAt = -Infinity
  let isClosed = false
  let answeredAt: number | undefined
  const counts = { failures: 0, refusals: 0 }

  const sayBack = (): void => {
    if (!isSaid) return
    isSaid = false
    log.notice(`fleet: Redis at ${where} is back`)
  }
  return {
    fault: () => fault,
    status: (): LinkStatus => ({
      ...counts,
      isUp: fault === undefined,
      answerAge: answeredAt === undefined ? undefined : performance.now() - answeredAt,
    }),
    onUp: (listener: () => void) => void upListeners.push(listener),
    down: (error: unknown): void => {
      if (isClosed) return
      counts.failures++
      clearTimeout(steady)
      fault = reasonOf(error)
      if (isSaid) return
      isSaid = true
      log.warn(`fleet: Redis at ${where} fails (${fault}): this node goes on alone until it is back`)
    },
    up: (): void => {
      answeredAt = performance.now()
      if (isClosed || fault === undefined) return
      fault = undefined
      clearTimeout(steady)
      steady = setTimeout(sayBack, STEADY_MS).unref()
      for (const listener of upListeners) listener()
    },
    /** It is there, and takes no more: memory full, read-only, no permission. */
    refused: (error: Error): void => {
      counts.refusals++
      answeredAt = performance.now()
      if (performance.now() - refusedAt < REFUSAL_EVERY_MS) return
      refusedAt = performance.now()
      log.warn(`fleet: Redis at ${where} refuses: ${reasonOf(error)}`)
    },
    close: (): void => {
      isClosed = true
      clearTimeout(steady)
    },
  }
}
