import { setTimeout as sleep } from 'node:timers/promises'
import { connectSmtp } from './smtp-client'

/** What a client was told about a message. */
export type Outcome = 'acknowledged' | 'deferred' | 'refused' | 'broken off'

/** One attempt to hand a message over. */
export interface SentMail {
  readonly id: string
  readonly to: readonly string[]
  readonly outcome: Outcome
  /** The reply that ended it. */
  readonly reply: string
  /** Whether its final dot was sent: broken off after that, it may have been taken. */
  readonly isComplete: boolean
}

export interface MailLedger {
  /** Sends one message that names its id, with a new session; never rejects. */
  send(mail: Mail): Promise<SentMail>
  readonly sent: readonly SentMail[]
  of(outcome: Outcome): readonly SentMail[]
  /** Messages delivered compared with what clients were told; each list holds ids. */
  compare(delivered: readonly (string | Buffer)[]): Comparison
}

export interface Mail {
  readonly to: string | readonly string[]
  /** Below the header; default: one line. */
  readonly text?: string
  /** Of a message that was tried before; default: a new one. */
  readonly id?: string
  /** Instead of the address of all. */
  readonly ip?: string
}

export interface Comparison {
  /** Acknowledged and not there. */
  readonly lost: readonly string[]
  /** Acknowledged and there more than once. */
  readonly doubled: readonly string[]
  /** The same after a connection was cut before the last reply, when a sender must try again (RFC 1047). */
  readonly repeated: readonly string[]
  /** There although a client was told to try again or that it is refused. */
  readonly unexpected: readonly string[]
}

export interface MailLedgerOptions {
  readonly port: () => number
  /** Client address told through the PROXY protocol. */
  readonly ip?: string
  /** A session that says nothing for so long is given up: its worker may be dead. Default 20 s. */
  readonly patienceMs?: number
}

/** Keeps account of test mail: what was sent, what clients were told, what arrived. */
export function createMailLedger({ port, ip, patienceMs = 20_000 }: MailLedgerOptions): MailLedger {
  const sent: SentMail[] = []
  const run = `${process.pid}-${Date.now().toString(36)}`
  let count = 0
  const of = (outcome: Outcome): readonly SentMail[] => sent.filter((mail) => mail.outcome === outcome)

  return {
    sent,
    of,
    async send({ to, text = 'Hello\n', id = `${run}-${++count}`, ip: from = ip }) {
      const message = `From: anna@sender.example\nSubject: ${id}\nMessage-ID: <${id}@sender.example>\n\n${text}`
      const session = connectSmtp({ port: port(), ...(from !== undefined && { ip: from }) })
      const timer = setTimeout(() => {
        session.close()
      }, patienceMs)
      const greeting = await session.reply()
      let isComplete = false
      const onFinalDot = () => (isComplete = true)
      const reply = greeting.startsWith('220')
        ? await session.sendMail({ from: 'anna@sender.example', to, message, onFinalDot })
        : greeting
      clearTimeout(timer)
      session.close()
      const mail: SentMail = { id, to: [to].flat(), outcome: outcomeOf(reply), reply, isComplete }
      sent.push(mail)
      return mail
    },
    compare: (delivered) => compareMail(sent, countOf(idsIn(delivered))),
  }
}

/**
 * Attempts, several of one message perhaps, compared with how often each id is there. `cuts`: ids of copies that a
 * next hop took without its sender being told, once for each.
 */
export function compareMail(
  sent: readonly SentMail[],
  copies: ReadonlyMap<string, number>,
  cuts: readonly string[] = [],
): Comparison {
  const ids = (outcomes: readonly Outcome[]): string[] =>
    sent.filter(({ outcome }) => outcomes.includes(outcome)).map(({ id }) => id)
  const copiesOf = (id: string): number => copies.get(id) ?? 0
  const acknowledged = new Set(ids(['acknowledged']))
  const brokenOff = sent.filter(({ outcome, isComplete }) => outcome === 'broken off' && isComplete)
  const interrupted = countOf([...brokenOff.map(({ id }) => id), ...cuts])
  const several = [...acknowledged].filter((id) => copiesOf(id) > 1)
  const isAllowed = (id: string): boolean => copiesOf(id) <= 1 + (interrupted.get(id) ?? 0)
  return {
    lost: [...acknowledged].filter((id) => copiesOf(id) === 0),
    doubled: several.filter((id) => !isAllowed(id)),
    repeated: several.filter(isAllowed),
    unexpected: [...new Set(ids(['deferred', 'refused']))].filter(
      (id) => copiesOf(id) > 0 && !acknowledged.has(id) && !interrupted.has(id),
    ),
  }
}

function countOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

/** Of the messages that came, each as often as it did. */
export const idsIn = (delivered: readonly (string | Buffer)[]): readonly string[] => delivered.map(idIn)
export const idIn = (message: string | Buffer): string => /^Subject: (\S+)/m.exec(String(message))?.[1] ?? ''

/** Several clients that send one message after another until they are told to stop. */
export function startLoad(
  send: () => Promise<SentMail>,
  { clients, pauseMs = 5 }: { readonly clients: number; readonly pauseMs?: number },
): { stop(): Promise<void> } {
  let isRunning = true
  const client = async (): Promise<void> => {
    while (isRunning) {
      const { outcome } = await send()
      await sleep(outcome === 'acknowledged' ? pauseMs : 50)
    }
  }
  const running = Array.from({ length: clients }, client)
  return {
    async stop() {
      isRunning = false
      await Promise.all(running)
    },
  }
}

function outcomeOf(reply: string): Outcome {
  if (reply.startsWith('2')) return 'acknowledged'
  if (reply.startsWith('4')) return 'deferred'
  return reply.startsWith('5') ? 'refused' : 'broken off'
}
