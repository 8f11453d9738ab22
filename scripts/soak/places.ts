import { readdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { idIn } from '../../test/support/mail-ledger'
import {
  hangUp,
  silence,
  startSmtpServer,
  type Act,
  type Stage,
  type TestSmtpServer,
  type TestSmtpSession,
} from '../../test/support/smtp-server'

/** What arrived where mail ends: how often each id did, and which copies were taken without a word about it. */
export interface Place {
  readonly copies: ReadonlyMap<string, number>
  cuts(): readonly string[]
}

/** What a next hop does instead of its work. */
export type HopFault =
  | { readonly kind: 'busy'; readonly stage: Stage }
  | { readonly kind: 'slow'; readonly stage: Stage; readonly ms: number }
  /** Takes the message and hangs up, or keeps silent. */
  | { readonly kind: 'cut' | 'mute' }

export interface NextHop extends Place {
  readonly port: number
  readonly fail: (fault: HopFault | undefined) => void
  readonly leave: () => Promise<void>
  readonly comeBack: () => Promise<void>
}

const WORDS: Partial<Record<Stage, string>> = {
  connect: '220 hop.test ESMTP',
  MAIL: '250 2.1.0 Sender ok',
  RCPT: '250 2.1.5 Recipient ok',
  message: '250 2.0.0 Taken',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
}

export async function startNextHop(): Promise<NextHop> {
  const copies = new Map<string, number>()
  const cut: string[] = []
  /** Sessions whose last message is not known to be seen as taken: no command has come behind it. */
  const last = new Map<TestSmtpSession, string>()
  let fault: HopFault | undefined

  const onMessage = (message: Buffer, session: TestSmtpSession): void => {
    // A message that is not taken is not kept either.
    if (fault?.kind === 'busy' && fault.stage === 'message') return
    const id = idIn(message)
    copies.set(id, (copies.get(id) ?? 0) + 1)
    if (fault?.kind === 'cut' || fault?.kind === 'mute') cut.push(id)
    else last.set(session, id)
  }
  const act = (stage: Stage, session: TestSmtpSession): Act => {
    const word = WORDS[stage] ?? ''
    if (stage !== 'message') last.delete(session)
    if (stage === 'message' && fault?.kind === 'cut') return hangUp()
    if (stage === 'message' && fault?.kind === 'mute') return silence
    if (fault?.kind === 'busy' && fault.stage === stage) return '451 4.3.0 Try again'
    return fault?.kind === 'slow' && fault.stage === stage
      ? { kind: 'later', afterMs: fault.ms, reply: word }
      : word
  }
  const script = Object.fromEntries(
    Object.keys(WORDS).map((stage) => [
      stage,
      (_line: string, session: TestSmtpSession) => act(stage as Stage, session),
    ]),
  )
  const start = (port: number): Promise<TestSmtpServer> => startSmtpServer({ script, onMessage, port })
  let server = await start(0)
  const { port } = server
  return {
    port,
    copies,
    cuts: () => [...cut, ...[...last].filter(([session]) => !session.open).map(([, id]) => id)],
    fail(next) {
      fault = next
    },
    leave: () => server.close(),
    async comeBack() {
      server = await start(port)
    },
  }
}

export interface Mailbox extends Place {
  /** Counts what has come, and takes it away. */
  readonly empty: () => void
}

export function openMaildir(dir: string): Mailbox {
  const copies = new Map<string, number>()
  return {
    copies,
    // Its sender was told by the gateway itself: attempts that broke off say it all.
    cuts: () => [],
    empty() {
      for (const name of namesIn(join(dir, 'new'))) {
        const file = join(dir, 'new', name)
        const id = idIn(readFileSync(file))
        copies.set(id, (copies.get(id) ?? 0) + 1)
        unlinkSync(file)
      }
    },
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    // Before the first message.
    return []
  }
}
