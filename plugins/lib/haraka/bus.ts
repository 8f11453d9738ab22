import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import type { ProcessRole } from './process-role'

/**
 * Tells the other processes of this Haraka something. Messages go through the master, which passes those of
 * one worker on to the others; the sender doesn't hear itself. They carry the key `event`: Haraka runs
 * whatever comes with a key `cmd` as a command in the master.
 */
export interface Bus {
  publish(topic: string, data: unknown): void
  subscribe(topic: string, listener: (data: unknown) => void): void
  /** What this process says when somebody asks about the topic; one responder a topic. */
  answer(topic: string, responder: (question: unknown) => unknown): void
  /** Asks every process, this one included, and returns what was answered within the time, in no order. */
  ask(topic: string, question?: unknown, timeoutMs?: number): Promise<readonly ProcessAnswer[]>
}

export interface ProcessAnswer {
  readonly pid: number
  readonly role: ProcessRole
  /** What the responder returned; `undefined` where there is none, or where it failed. */
  readonly answer: unknown
}

interface BusMessage {
  readonly event: typeof EVENT
  readonly topic: string
  readonly data: unknown
  /** Process it is for; without it, all. */
  readonly to?: number
}

interface Question {
  readonly id: string
  readonly from: number
  readonly topic: string
  readonly question: unknown
}

interface Reply extends ProcessAnswer {
  readonly id: string
  /** Said by the master: how many processes answer, itself and the one that asks included. */
  readonly expected?: number
}

const EVENT = 'gateway'
const ASK = 'ask'
const REPLY = 'ask-reply'
const ANSWER_TIMEOUT_MS = 2000

export function createBus(role: ProcessRole): Bus {
  const listeners = new Map<string, ((data: unknown) => void)[]>()
  const responders = new Map<string, (question: unknown) => unknown>()
  const deliver = ({ topic, data }: BusMessage): void => {
    for (const listener of listeners.get(topic) ?? []) listener(data)
  }
  if (role === 'master') {
    cluster.on('message', (from: Worker, message: unknown) => {
      if (!isBusMessage(message)) return
      if (message.to !== process.pid) sendToWorkers(message, from)
      if (message.to === undefined || message.to === process.pid) deliver(message)
    })
  }
  if (role === 'worker') {
    process.on('message', (message: unknown) => {
      if (isBusMessage(message)) deliver(message)
    })
  }

  const send = (topic: string, data: unknown, to?: number): void => {
    const message: BusMessage = { event: EVENT, topic, data, ...(to !== undefined && { to }) }
    if (role === 'master') sendToWorkers(message)
    if (role === 'worker' && process.connected) process.send?.(message, nobodyThere)
  }
  const respond = async (topic: string, question: unknown): Promise<ProcessAnswer> => {
    // A responder that throws must not end the process: an answer that is missing is one that failed.
    const answer = await Promise.resolve()
      .then(() => responders.get(topic)?.(question))
      .catch(() => undefined)
    return { pid: process.pid, role, answer }
  }
  const bus: Bus = {
    publish: (topic, data) => {
      send(topic, data)
    },
    subscribe(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
    },
    answer(topic, responder) {
      responders.set(topic, responder)
    },
    async ask(topic, question, timeoutMs = ANSWER_TIMEOUT_MS) {
      const id = randomUUID()
      const others = role === 'single' ? Promise.resolve([]) : collect(bus, id, workerCount(role), timeoutMs)
      send(ASK, { id, from: process.pid, topic, question } satisfies Question)
      return [await respond(topic, question), ...(await others)]
    },
  }
  bus.subscribe(ASK, (data) => {
    const { id, from, topic, question } = data as Question
    const expected = role === 'master' ? { expected: (workerCount(role) ?? 0) + 1 } : {}
    void respond(topic, question).then((answer) => {
      send(REPLY, { ...answer, id, ...expected } satisfies Reply, from)
    })
  })
  return bus
}

/** The answers of others: until all that are expected are there, or the time is over. */
async function collect(
  bus: Bus,
  id: string,
  known: number | undefined,
  timeoutMs: number,
): Promise<ProcessAnswer[]> {
  const answers: ProcessAnswer[] = []
  let expected = known
  const waiting = waitingFor(bus)
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    const finish = (): void => {
      if (expected === undefined || answers.length < expected) return
      clearTimeout(timer)
      resolve()
    }
    waiting.set(id, ({ pid, role, answer, expected: all }) => {
      answers.push({ pid, role, answer })
      if (all !== undefined) expected = all - 1
      finish()
    })
    finish()
  })
  waiting.delete(id)
  return answers
}

const questions = new WeakMap<Bus, Map<string, (reply: Reply) => void>>()

/** One subscription a bus, however many questions are asked. */
function waitingFor(bus: Bus): Map<string, (reply: Reply) => void> {
  const known = questions.get(bus)
  if (known) return known
  const waiting = new Map<string, (reply: Reply) => void>()
  questions.set(bus, waiting)
  bus.subscribe(REPLY, (data) => {
    const reply = data as Reply
    waiting.get(reply.id)?.(reply)
  })
  return waiting
}

/** Only the master knows how many there are. */
function workerCount(role: ProcessRole): number | undefined {
  if (role !== 'master') return undefined
  return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected()).length
}

function sendToWorkers(message: BusMessage, except?: Worker): void {
  for (const worker of Object.values(cluster.workers ?? {})) {
    if (!worker || worker === except || !worker.isConnected()) continue
    if (message.to === undefined || message.to === worker.process.pid) worker.send(message, nobodyThere)
  }
}

/**
 * A process that was just killed is still connected for us. Without somebody to tell it to, that it cannot be written
 * to is an exception: the master would die with its worker.
 */
export const nobodyThere = (): void => undefined

function isBusMessage(message: unknown): message is BusMessage {
  return typeof message === 'object' && message !== null && (message as Partial<BusMessage>).event === EVENT
}
