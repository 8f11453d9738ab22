/** The clients, in a process of their own: keeps so many sessions going, each from an address of its own. */
import { connect } from 'node:net'
import { clientAddress, clientName, identity, senderDomain, type Identities } from './identities'
import { createMessage, type Message, type MessageOptions } from './messages'
import { serveOrders } from './program'
import { quantile } from './statistics'

export interface LoadOrder {
  readonly port: number
  /** At a time. */
  readonly sessions: number
  /** One a session. */
  readonly messages: number
  readonly message: MessageOptions
  readonly names: Identities
  readonly clients: Identities
  readonly recipients?: number
  /** Number of the first message; default 0. */
  readonly from?: number
  /** How long a client takes for each command; default: none, like a mail server. */
  readonly pauseMs?: number
  /** Sessions begun a second; default: as many as go. */
  readonly perSecond?: number
}

export interface LoadResult {
  readonly accepted: number
  /** `MAIL 451` and how often. */
  readonly failures: Readonly<Record<string, number>>
  readonly ms: number
  /** From connecting to the answer to QUIT. */
  readonly sessionMs: Percentiles
  /** From connecting to the greeting. */
  readonly greetingMs: Percentiles
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

const percentiles = (values: readonly number[]): Percentiles => ({
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  p99: quantile(values, 0.99),
  max: Math.max(...values),
})

interface SessionTimes {
  /** Undefined: accepted. */
  readonly failure: string | undefined
  readonly greetingMs: number
  readonly sessionMs: number
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const message = messageFor(order.message)
  const results: SessionTimes[] = []
  const startedAt = performance.now()
  let begun = 0
  const work = async (): Promise<void> => {
    while (begun < order.messages) {
      const index = begun++
      if (order.perSecond) await until(startedAt + (index * 1000) / order.perSecond)
      results.push(await runSession(order, message, (order.from ?? 0) + index))
    }
  }
  await Promise.all(Array.from({ length: order.sessions }, work))
  const failures: Record<string, number> = {}
  for (const { failure } of results) if (failure) failures[failure] = (failures[failure] ?? 0) + 1
  return {
    accepted: results.filter(({ failure }) => failure === undefined).length,
    failures,
    ms: performance.now() - startedAt,
    sessionMs: percentiles(results.map(({ sessionMs }) => sessionMs)),
    greetingMs: percentiles(results.map(({ greetingMs }) => greetingMs)),
  }
}

const messages = new Map<string, Message>()

function messageFor(options: MessageOptions): Message {
  const key = JSON.stringify(options)
  const message = messages.get(key) ?? createMessage(options)
  messages.set(key, message)
  return message
}

async function until(time: number): Promise<void> {
  const ms = time - performance.now()
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

function runSession(order: LoadOrder, message: Message, index: number): Promise<SessionTimes> {
  const steps = script(order, index)
  const startedAt = performance.now()
  const socket = connect({ host: '127.0.0.1', port: order.port, noDelay: true })
  return new Promise((resolve) => {
    let greetingMs = Number.NaN
    let step = 0
    let text = ''
    const end = (failure: string | undefined): void => {
      socket.destroy()
      resolve({ failure, greetingMs, sessionMs: performance.now() - startedAt })
    }
    const sayNext = (): void => {
      const { say } = steps[step] ?? {}
      if (say === 'message') socket.write(filled(order, message, index))
      else if (say) socket.write(say)
    }
    const hear = (reply: string): void => {
      const { expect, name } = steps[step] ?? { expect: '', name: 'after QUIT' }
      if (step === 0) greetingMs = performance.now() - startedAt
      if (!reply.startsWith(expect)) {
        end(`${name} ${reply.slice(0, 3)}`)
        return
      }
      step++
      if (step === steps.length) end(undefined)
      else if (order.pauseMs) setTimeout(sayNext, order.pauseMs)
      else sayNext()
    }
    socket.on('connect', sayNext)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let lf = text.indexOf('\n'); lf !== -1; lf = text.indexOf('\n')) {
        const line = text.slice(0, lf)
        text = text.slice(lf + 1)
        if (line[3] !== '-') hear(line)
      }
    })
    socket.on('error', (error) => {
      end(`${steps[step]?.name ?? ''} ${error.message}`)
    })
    socket.on('close', () => {
      end(`${steps[step]?.name ?? ''} closed`)
    })
  })
}

interface Step {
  readonly name: string
  /** A line, or the message. */
  readonly say: string
  readonly expect: string
}

function script({ clients, recipients = 1 }: LoadOrder, index: number): readonly Step[] {
  const client = identity(clients, index)
  const step = (name: string, say: string, expect: string): Step => ({ name, say: `${say}\r\n`, expect })
  return [
    // The answer to the PROXY line is the greeting.
    step('greeting', `PROXY TCP4 ${clientAddress(client)} 127.0.0.1 50000 25`, '220'),
    step('EHLO', `EHLO ${clientName(client)}`, '250'),
    step('MAIL', `MAIL FROM:<news@${senderDomain(client)}>`, '250'),
    ...Array.from({ length: recipients }, (_, number) =>
      step('RCPT', `RCPT TO:<user${number}@here.test>`, '250'),
    ),
    step('DATA', 'DATA', '354'),
    { name: 'message', say: 'message', expect: '250' },
    step('QUIT', 'QUIT', '221'),
  ]
}

/** The message of this session; the buffer is its own, since writing takes its time. */
function filled({ names }: LoadOrder, message: Message, index: number): Buffer {
  message.setDomains((slot) => identity(names, index * message.domains + slot))
  return Buffer.from(message.wire)
}

serveOrders(async (order: LoadOrder | 'ready') => (order === 'ready' ? undefined : run(order)))
