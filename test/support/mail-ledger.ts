import { setTimeout as sleep } from 'node:timers/promises'
import { connectSmtp } from './smtp-client'

/** What a client was told about a message. */
export type Outcome = 'acknowledged' | 'deferred' | 'refused' | 'broken off'

export interface SentMail {
  readonly id: string
  readonly outcome: Outcome
  /** The reply that ended it. */
  readonly reply: string
}

export interface MailLedger {
  /** Sends one message that names its id, with a new session; never rejects. */
  send(mail: { readonly to: string | readonly string[]; readonly text?: string }): Promise<SentMail>
  readonly sent: readonly SentMail[]
  of(outcome: Outcome): readonly SentMail[]
  /** Messages delivered compared with what clients were told; each list holds ids. */
  compare(delivered: readonly (string | Buffer)[]): Comparison
}

export interface Comparison {
  /** Acknowledged and not there. */
  readonly lost: readonly string[]
  /** Acknowledged and there more than once. */
  readonly doubled: readonly string[]
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
    async send({ to, text = 'Hello\n' }) {
      const id = `${run}-${++count}`
      const message = `From: anna@sender.example\nSubject: ${id}\nMessage-ID: <${id}@sender.example>\n\n${text}`
      const session = connectSmtp({ port: port(), ...(ip !== undefined && { ip }) })
      const timer = setTimeout(() => {
        session.close()
      }, patienceMs)
      const greeting = await session.reply()
      const reply = greeting.startsWith('220')
        ? await session.sendMail({ from: 'anna@sender.example', to, message })
        : greeting
      clearTimeout(timer)
      session.close()
      const mail: SentMail = { id, outcome: outcomeOf(reply), reply }
      sent.push(mail)
      return mail
    },
    compare(delivered) {
      const counts = new Map<string, number>()
      for (const id of idsIn(delivered)) counts.set(id, (counts.get(id) ?? 0) + 1)
      const ids = (mails: readonly SentMail[], isSo: (times: number) => boolean): string[] =>
        mails.filter(({ id }) => isSo(counts.get(id) ?? 0)).map(({ id }) => id)
      return {
        lost: ids(of('acknowledged'), (times) => times === 0),
        doubled: ids(of('acknowledged'), (times) => times > 1),
        unexpected: ids([...of('deferred'), ...of('refused')], (times) => times > 0),
      }
    },
  }
}

/** Of the messages that came, each as often as it did. */
export const idsIn = (delivered: readonly (string | Buffer)[]): readonly string[] =>
  delivered.map((message) => /^Subject: (\S+)/m.exec(String(message))?.[1] ?? '')

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
