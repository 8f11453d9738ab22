import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parse } from 'yaml'
import { settingsSchema } from '../../lib/settings/schema'
import { connectSmtp, type SmtpSession } from '../../lib/smtp/client'
import { SmtpError } from '../../lib/smtp/error'
import { describeReply, isPositive, type SmtpReply } from '../../lib/smtp/reply'
import { type Endpoint, wantedEndpoints } from '../../lib/haraka/endpoints'
import type { Command } from '../commands'
import { instanceHostname, openInstance, type Instance } from '../instance'
import { parseSendmailArguments } from '../sendmail/arguments'
import { parseLocalMessage } from '../sendmail/message'
import { UsageError } from '../usage-error'

/** sysexits.h, as callers of sendmail expect. */
const EX_OK = 0
const EX_NOUSER = 67
const EX_UNAVAILABLE = 69
const EX_TEMPFAIL = 75
const EX_CONFIG = 78

/**
 * Takes a message as sendmail does and hands it to the running gateway, whose plugins decide about it. Nothing
 * is queued before that: while the gateway does not run, the exit code is EX_TEMPFAIL.
 */
export const sendmail: Command = {
  name: 'sendmail',
  usage: 'sendmail [--instance DIR] [-t] [-i] [-f SENDER] [-F NAME] [RECIPIENT...]',
  summary: 'hand in a message from stdin, in the way of sendmail',
  options: 'raw',
  async run(words) {
    const args = parseSendmailArguments(words)
    const instance = openInstance(args.instance ?? process.env.GATEWAY_INSTANCE ?? process.cwd())
    const hostname = instanceHostname(instance)
    const sender = qualified(args.sender ?? userInfo().username, hostname)
    const input = await readAll(process.stdin)
    const message = parseLocalMessage(input, { ...args, sender, hostname, date: new Date() })
    const recipients = [...args.recipients, ...(args.fromHeader ? message.recipients : [])]
      .filter((recipient) => recipient !== '')
      .map((recipient) => qualified(recipient, 'localhost'))
    if (recipients.length === 0) throw new UsageError('sendmail: no recipients')
    const endpoint = plainEndpoint(instance)
    if (!endpoint)
      return fail(EX_CONFIG, `${instance.name}/config/gateway.yaml: listen has no port for plain SMTP`)
    return submit(endpoint, hostname, sender, [...new Set(recipients)], message.wire)
  },
}

async function submit(
  endpoint: Endpoint,
  helloName: string,
  sender: string,
  recipients: readonly string[],
  wire: Buffer,
): Promise<number> {
  const times = { connectTimeoutMs: 30_000, replyTimeoutMs: 300_000 }
  let session: SmtpSession | undefined
  try {
    session = await connectSmtp({ ...endpoint, tls: 'off', helloName, ...times })
    const mail = await session.mail(sender)
    if (!isPositive(mail)) return refusedBy(mail, sender, EX_UNAVAILABLE)
    let worst = EX_OK
    let standing = 0
    for (const recipient of recipients) {
      const reply = await session.rcpt(recipient)
      if (isPositive(reply)) standing += 1
      else worst = refusedBy(reply, recipient, EX_NOUSER)
    }
    if (standing === 0) return worst
    const reply = await session.data(Readable.from([wire]))
    return isPositive(reply) ? worst : refusedBy(reply, 'the message', EX_UNAVAILABLE)
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    return fail(EX_TEMPFAIL, `the gateway at ${endpoint.host}:${endpoint.port}: ${error.message}`)
  } finally {
    await session?.quit()
  }
}

/** Another attempt helps only after a 4xx. */
const refusedBy = (reply: SmtpReply, what: string, permanent: number): number =>
  fail(reply.code < 500 ? EX_TEMPFAIL : permanent, `${what}: ${reply.code} ${describeReply(reply)}`)

function fail(code: number, text: string): number {
  process.stderr.write(`sendmail: ${text}\n`)
  return code
}

/** Reads `listen` only: the secrets are not for everyone who may send mail. */
function plainEndpoint({ configDir }: Instance): Endpoint | undefined {
  const file = parse(readFileSync(join(configDir, 'gateway.yaml'), 'utf8')) as Record<string, unknown> | null
  const listen = settingsSchema.shape.listen.parse(file?.listen ?? {})
  const endpoint = wantedEndpoints(listen).find(({ port }) => port !== 465 && port !== 587)
  return endpoint && { ...endpoint, host: reachable(endpoint.host) }
}

/** A listener on all interfaces is on the loopback interface, too. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host
}

const qualified = (address: string, domain: string): string =>
  address === '' || address.includes('@') ? address : `${address}@${domain}`

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
