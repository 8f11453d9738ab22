import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { DeepReadonly, NextHop, SmtpNextHop } from '../lib/settings/schema'
import { connectSmtp, type RunStage, type SmtpSession } from '../lib/smtp/client'
import { describeReply, isPositive, type SmtpReply } from '../lib/smtp/reply'

/** One step of a delivery that is only tried. */
export interface TestStep {
  readonly name: string
  readonly ok: boolean
  /** What came of it, in words; another host may have chosen them. */
  readonly text: string
  readonly ms: number
}

export interface NextHopTest {
  readonly nextHop: DeepReadonly<NextHop>
  readonly password: string | undefined
  readonly helloName: string
  readonly instanceDir: string
  /** Asked of the server, with the null sender, and taken back. */
  readonly recipient?: string | undefined
}

const CONNECT_TIMEOUT_MS = 8000
const REPLY_TIMEOUT_MS = 8000
const DONE = { connect: 'connected', EHLO: 'it says hello', AUTH: 'signed in' } as const

/** Walks through a delivery up to where a message would be sent. Never rejects. */
export async function testNextHop(test: NextHopTest): Promise<readonly TestStep[]> {
  const { nextHop } = test
  if ('maildir' in nextHop) return [await testFolder(resolve(test.instanceDir, nextHop.maildir))]
  const hosts = typeof nextHop.host === 'string' ? [nextHop.host] : nextHop.host
  const steps = await Promise.all(hosts.map((host) => testHost(host, nextHop, test)))
  if (hosts.length === 1) return steps.flat()
  return steps.flatMap((ofHost, at) =>
    ofHost.map((step) => ({ ...step, name: `${step.name} ${hosts[at] ?? ''}` })),
  )
}

async function testHost(
  host: string,
  { port, tls, auth }: DeepReadonly<SmtpNextHop>,
  { password, helloName, recipient }: NextHopTest,
): Promise<readonly TestStep[]> {
  const steps: TestStep[] = []
  const stage: RunStage = async (name, run) => {
    const began = performance.now()
    const add = (ok: boolean, text: string): void => {
      steps.push({ name, ok, text: printable(text), ms: Math.round(performance.now() - began) })
    }
    try {
      const result = await run()
      // Where TLS is not required, a server without it is in order.
      if (name === 'STARTTLS') add(true, result === true ? 'encrypted' : 'not offered: goes on in clear')
      else add(true, DONE[name])
      return result
    } catch (error) {
      add(false, (error as Error).message)
      throw error
    }
  }
  try {
    const session = await connectSmtp({
      host,
      port,
      tls,
      auth: auth && password !== undefined ? { user: auth.user, password } : undefined,
      helloName,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      replyTimeoutMs: REPLY_TIMEOUT_MS,
      stage,
    })
    if (recipient !== undefined) steps.push(await testRecipient(session, recipient))
    await session.quit()
  } catch {
    // The last step says so.
  }
  return steps
}

/** From the null sender, as a bounce would come: it needs no sender that the server would check. */
async function testRecipient(session: SmtpSession, recipient: string): Promise<TestStep> {
  const began = performance.now()
  const step = (ok: boolean, text: string): TestStep => {
    return { name: 'RCPT', ok, text: printable(text), ms: Math.round(performance.now() - began) }
  }
  try {
    const mail = await session.mail('')
    if (!isPositive(mail)) return step(false, `MAIL FROM:<> was refused: ${words(mail)}`)
    const rcpt = await session.rcpt(recipient)
    return step(isPositive(rcpt), words(rcpt))
  } catch (error) {
    return step(false, (error as Error).message)
  }
}

const words = (reply: SmtpReply): string => `${reply.code} ${describeReply(reply)}`

const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 500)

/** It is made when the first message comes. */
async function testFolder(maildir: string): Promise<TestStep> {
  const began = performance.now()
  const step = (ok: boolean, text: string): TestStep => {
    return { name: 'maildir', ok, text, ms: Math.round(performance.now() - began) }
  }
  for (let folder = maildir; ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK)
      return step(true, folder === maildir ? `${maildir} can be written` : `${maildir} can be made`)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isMissing || folder === dirname(folder)) {
        return step(false, `${folder} cannot be written by the user that Haraka runs as`)
      }
    }
  }
}
