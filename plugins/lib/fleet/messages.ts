import { z } from 'zod'
import type { Log } from '../log'
import type { RedisLink } from './link'

/** What nodes tell each other through Redis, to all or to one. */
export interface Messages {
  /** Resolves to how many nodes heard it, where Redis can tell; rejects without Redis. */
  send: (topic: string, data: unknown, to?: string) => Promise<number | undefined>
  subscribe: <Schema extends z.ZodType>(
    topic: string,
    shape: Schema,
    listener: (data: z.output<Schema>, from: string) => void,
  ) => void
  status(): MessagesStatus
}

export interface MessagesStatus {
  /** What no gateway can have sent, or none of this version. */
  readonly garbage: number
  /** Milliseconds since another node was heard last; undefined when none was. */
  readonly age: number | undefined
}

export interface MessagesOptions {
  readonly node: string
  readonly link: RedisLink
  readonly log: Log
  /** Redis channel to one node, or to all. */
  readonly channel: (to?: string) => string
}

const envelope = z.strictObject({
  from: z.string().min(1).max(255),
  topic: z.string().min(1).max(80),
  data: z.unknown(),
})

/** A message that is longer is none of ours. */
const MAX_LENGTH = 16_777_216

export function createMessages({ node, link, log, channel }: MessagesOptions): Messages {
  const listeners = new Map<string, ((data: unknown, from: string) => void)[]>()
  const say = sayOnce(log)
  let garbage = 0
  let heardAt: number | undefined
  const complain = (line: string): void => {
    garbage++
    say(line)
  }

  const receive = (text: string): void => {
    const message = text.length > MAX_LENGTH ? undefined : envelope.safeParse(parseJson(text)).data
    if (!message) complain('fleet: a message that no gateway sent was left out')
    else if (message.from !== node) {
      heardAt = performance.now()
      for (const listener of listeners.get(message.topic) ?? []) listener(message.data, message.from)
    }
  }
  link.subscribe(channel(), receive)
  link.subscribe(channel(node), receive)

  return {
    status: () => ({ garbage, age: heardAt === undefined ? undefined : performance.now() - heardAt }),
    async send(topic, data, to) {
      const text = JSON.stringify({ from: node, topic, data })
      const heard = await link.run((redis) => redis.publish(channel(to), text))
      return link.countsReceivers ? Number(heard) : undefined
    },
    subscribe(topic, shape, listener) {
      const checked = (data: unknown, from: string): void => {
        const parsed = shape.safeParse(data)
        if (parsed.success) listener(parsed.data, from)
        else complain(`fleet: ${from} says something about ${topic} that this version does not understand`)
      }
      listeners.set(topic, [...(listeners.get(topic) ?? []), checked])
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const MAX_SAID = 1000

function sayOnce(log: Log): (line: string) => void {
  const said = new Set<string>()
  return (line) => {
    if (said.has(line) || said.size >= MAX_SAID) return
    said.add(line)
    log.warn(line)
  }
}
