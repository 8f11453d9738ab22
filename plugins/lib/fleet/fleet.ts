import type { z } from 'zod'
import type { Log } from '../log'
import type { LinkStatus, RedisLink } from './link'
import { createMessages, type MessagesStatus } from './messages'
import { createQuestions, type NodeAnswer } from './questions'

/**
 * The gateways that share a Redis and a name. Only the leader process of a host takes part; its workers hear of it
 * through the bus. Whatever comes from Redis may be garbage: what has not the expected shape is left out.
 */
export interface Fleet {
  readonly name: string
  /** This node's name. */
  readonly node: string
  readonly link: RedisLink
  publish(topic: string, data: unknown): void
  /** What other nodes published. */
  subscribe<Schema extends z.ZodType>(
    topic: string,
    shape: Schema,
    listener: (data: z.output<Schema>, from: string) => void,
  ): void
  answer(topic: string, responder: (question: unknown) => unknown): void
  /** Asks all other nodes; returns what came within the time. */
  ask(topic: string, question: unknown, timeoutMs?: number): Promise<readonly NodeAnswer[]>
  /** Whether this node is the one that does something for all, for so long. Rejects without Redis. */
  lease(what: string, ms: number): Promise<boolean>
  status(): FleetStatus
  /** Key in Redis; all of a fleet lie in one slot of a cluster. */
  key(what: string): string
  close(): void
}

export interface FleetStatus {
  readonly link: LinkStatus
  readonly messages: MessagesStatus
  /** Leases that this node has now. */
  readonly leases: number
}

export interface FleetOptions {
  readonly name: string
  readonly node: string
  readonly link: RedisLink
  readonly log: Log
}

export function createFleet({ name, node, link, log }: FleetOptions): Fleet {
  const key = (what: string): string => `{gateway:${name}}:${what}`
  const messages = createMessages({
    node,
    link,
    log,
    channel: (to) => key(to === undefined ? 'all' : `node:${to}`),
  })
  const leases = createLeases()
  return {
    name,
    node,
    link,
    key,
    publish: (topic, data) => {
      messages.send(topic, data).catch(() => undefined)
    },
    subscribe: messages.subscribe,
    ...createQuestions(messages),
    async lease(what, ms) {
      const set = await link.run((redis) => redis.set(key(`lease:${what}`), node, { NX: true, PX: ms }))
      if (set !== null) leases.add(what, ms)
      return set !== null
    },
    status: () => ({ link: link.status(), messages: messages.status(), leases: leases.count() }),
    close: () => {
      link.close()
    },
  }
}

/** The leases that this node has got, for as long as they last. */
function createLeases() {
  const ends = new Map<string, number>()
  const count = (): number => {
    for (const [what, end] of ends) if (end <= performance.now()) ends.delete(what)
    return ends.size
  }
  return {
    add(what: string, ms: number): void {
      ends.set(what, performance.now() + ms)
      count()
    },
    count,
  }
}
