import { setTimeout as sleep } from 'node:timers/promises'
import { connectSmtp } from '../../test/support/smtp-client'
import type { MailLedger, Mail, SentMail } from '../../test/support/mail-ledger'
import { below, pick, type Random } from '../fuzz/mutate'
import { LISTED_DOMAIN, LISTED_NETWORK } from './names'

export type MailKind = 'good' | 'bad' | 'cut off'

interface Sort {
  readonly kind: MailKind
  /** Of a hundred messages. */
  readonly share: number
  readonly to: readonly string[]
  readonly ip?: (random: Random) => string
  readonly text?: (random: Random) => string
}

const goodClient = (random: Random): string => `198.18.${below(random, 16)}.${1 + below(random, 250)}`
const link = (random: Random): string => `see http://www.friendly${below(random, 3000)}.net/page\n`
const newsletter = (random: Random): string =>
  Array.from({ length: 12 }, () => link(random) + 'What happened this week, and why.\n'.repeat(40)).join('')

export const places = { forwarded: 'forwarded.net', other: 'other.net', stored: 'stored.net' } as const

const sorts: readonly Sort[] = [
  { kind: 'good', share: 48, to: ['bob@forwarded.net'], text: link },
  { kind: 'good', share: 12, to: ['bob@forwarded.net'], text: newsletter },
  { kind: 'good', share: 15, to: ['bob@stored.net'], text: link },
  { kind: 'good', share: 10, to: ['bob@forwarded.net', 'eve@other.net'], text: link },
  {
    kind: 'bad',
    share: 5,
    to: ['bob@forwarded.net'],
    ip: (random) => `${LISTED_NETWORK}.${1 + below(random, 250)}`,
  },
  { kind: 'bad', share: 5, to: ['bob@stored.net'], text: () => `see http://${LISTED_DOMAIN}/\n` },
  { kind: 'bad', share: 2, to: ['bob@elsewhere.net'] },
  { kind: 'bad', share: 1, to: ['bob@stored.net'], text: () => `${'x'.repeat(70)}\n`.repeat(4000) },
  { kind: 'cut off', share: 2, to: ['bob@forwarded.net'] },
]

interface Letter extends Mail {
  readonly kind: MailKind
  readonly id: string
}

export interface Traffic {
  /** As many at a time, as fast as it goes; attempts that ended in a second. */
  measure(sessions: number, ms: number): Promise<number>
  /** New messages at a steady pace, and those to be tried again among them. */
  send(perSecond: number): void
  /** No new ones; those that were deferred until all are taken, or for so long. */
  finish(patienceMs: number): Promise<void>
  inFlight(): number
  /** Waiting to be tried again. */
  deferred(): number
  /** Attempts that would have been too many at a time. */
  held(): number
  readonly wronglyRefused: readonly SentMail[]
  readonly counts: Readonly<Record<MailKind, number>>
  readonly badRefused: number
  /** Ids of messages whose sender hung up in the middle. */
  readonly cutOff: ReadonlySet<string>
}

const MOST_AT_ONCE = 800
const RETRIES_AT_ONCE = 50
const TICK_MS = 20
const RETRY_MS = 5000

export function createTraffic(ledger: MailLedger, port: number, random: Random): Traffic {
  const again = createRetries(random)
  const wronglyRefused: SentMail[] = []
  const cutOff = new Set<string>()
  const counts = { good: 0, bad: 0, 'cut off': 0 }
  const run = `soak-${process.pid}`
  let [number, inFlight, held, badRefused, over] = [0, 0, 0, 0, 0]
  let stopPacing: () => void = () => undefined

  const newLetter = (): Letter => {
    const { kind, to, ip = goodClient, text = link } = pickByShare(random)
    counts[kind] += 1
    return { kind, id: `${run}-${++number}`, to, ip: ip(random), text: text(random) }
  }
  const attempt = async (letter: Letter): Promise<void> => {
    inFlight += 1
    if (letter.kind === 'cut off') await hangUpInTheMiddle(letter, port, cutOff)
    else settle(letter, await ledger.send(letter))
    inFlight -= 1
    over += 1
  }
  const settle = (letter: Letter, mail: SentMail): void => {
    if (mail.outcome === 'acknowledged') return
    if (mail.outcome !== 'refused') again.add(letter)
    else if (letter.kind === 'bad') badRefused += 1
    else wronglyRefused.push(mail)
  }
  return {
    wronglyRefused,
    counts,
    cutOff,
    get badRefused() {
      return badRefused
    },
    inFlight: () => inFlight,
    deferred: () => again.count(),
    held: () => held,
    async measure(sessions, ms) {
      // The first third is for caches and compilers.
      await inParallel(sessions, ms / 3, () => attempt(newLetter()))
      const before = over
      await inParallel(sessions, (ms * 2) / 3, () => attempt(newLetter()))
      return ((over - before) * 1500) / ms
    },
    send(perSecond) {
      stopPacing = atPace(perSecond, () => {
        if (inFlight >= MOST_AT_ONCE) held += 1
        else void attempt(again.nextDue() ?? newLetter())
      })
    },
    async finish(patienceMs) {
      stopPacing()
      const end = performance.now() + patienceMs
      while ((again.count() > 0 || inFlight > 0) && performance.now() < end) {
        const due = inFlight < RETRIES_AT_ONCE ? again.nextDue() : undefined
        if (due) void attempt(due)
        else await sleep(TICK_MS)
      }
    },
  }
}

async function inParallel(count: number, ms: number, step: () => Promise<void>): Promise<void> {
  const end = performance.now() + ms
  const client = async (): Promise<void> => {
    while (performance.now() < end) await step()
  }
  await Promise.all(Array.from({ length: count }, client))
}

/** As often a second as asked, however long a turn of this process takes; returns what ends it. */
function atPace(perSecond: number, step: () => void): () => void {
  let [due, last] = [0, performance.now()]
  const timer = setInterval(() => {
    const now = performance.now()
    due += ((now - last) * perSecond) / 1000
    last = now
    for (; due >= 1; due -= 1) step()
  }, TICK_MS)
  return () => {
    clearInterval(timer)
  }
}

interface Retries {
  add(letter: Letter): void
  nextDue(): Letter | undefined
  count(): number
}

function createRetries(random: Random): Retries {
  const waiting: { readonly letter: Letter; readonly at: number }[] = []
  return {
    add(letter) {
      waiting.push({ letter, at: performance.now() + RETRY_MS * (0.5 + random()) })
    },
    nextDue() {
      const index = waiting.findIndex(({ at }) => at <= performance.now())
      return index === -1 ? undefined : waiting.splice(index, 1)[0]?.letter
    },
    count: () => waiting.length,
  }
}

function pickByShare(random: Random): Sort {
  let left = below(random, 100)
  for (const sort of sorts) {
    left -= sort.share
    if (left < 0) return sort
  }
  return pick(random, sorts)
}

/** A sender that dies in the middle of its message: nothing of it may arrive. */
async function hangUpInTheMiddle({ id, ip, to }: Letter, port: number, cutOff: Set<string>): Promise<void> {
  const session = connectSmtp({ port, ...(ip !== undefined && { ip }) })
  const timer = setTimeout(() => {
    session.close()
  }, 20_000)
  await session.reply()
  const [recipient = ''] = to
  for (const command of [
    'EHLO a.example',
    'MAIL FROM:<anna@sender.example>',
    `RCPT TO:<${recipient}>`,
    'DATA',
  ])
    await session.send(command)
  await session.drained(`Subject: ${id}\r\n\r\nHello\r\n`)
  cutOff.add(id)
  session.close()
  clearTimeout(timer)
}
