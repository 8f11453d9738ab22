import { open, unlink } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { errorText } from '../error-text'
import type { Reply } from './replies'
import { DENY, DENYSOFT, OK } from './return-codes'
import type { HarakaAddress, HarakaPlugin, HarakaTransaction, Next } from './types'

/**
 * Haraka's outbound queue: one file per message and domain, synced before the message is accepted. What leaves
 * the queue for one of our next hops is delivered by us, the rest by Haraka to the domain's MX.
 */
export interface Outbound {
  /** Stores the message once for each domain of the recipients, on disk when this resolves. */
  store(
    transaction: HarakaTransaction,
    recipients: readonly HarakaAddress[],
    note: DeliveryNote,
  ): Promise<void>
}

/** What we know of a stored message beyond Haraka's own envelope; kept in its queue file. */
export interface DeliveryNote {
  readonly eightBit?: boolean | undefined
  readonly smtpUtf8?: boolean | undefined
  /** Domains that have no next hop by intention: of contacts, or of those who may relay. */
  readonly byMx?: readonly string[]
  /** Administrative contacts, who are named to nobody: the recipient that the sender wrote, by contact. */
  readonly contacts?: Readonly<Record<string, string>>
}

/** A recipient of stored mail, with what Haraka's bounces tell about it. */
export interface StoredRecipient extends HarakaAddress {
  reason?: string
  dsn_action?: 'failed' | 'delayed'
  dsn_status?: string
  dsn_smtp_code?: string
  dsn_smtp_extc?: string
  dsn_smtp_response?: string
}

/** A message of the queue (Haraka's HMailItem). */
export interface StoredMail {
  readonly path: string
  readonly filename: string
  readonly todo: {
    readonly domain: string
    readonly mail_from: HarakaAddress
    readonly notes: Record<string, unknown>
    rcpt_to: readonly StoredRecipient[]
  }
  num_failures: number
  bounce_error: Error | null
  /** What happens once the hosts are known; ours when it is set. */
  found_mx?: () => void
  /** Lines end in CRLF; dots are stuffed in the body, not in the header; without the final dot. */
  data_stream(): Readable
  temp_fail(reason: string): void
  bounce(reason: string): void
  discard(): void
  delivered(
    ip: string,
    port: number,
    mode: 'SMTP',
    host: string,
    response: string,
    delivered: readonly StoredRecipient[],
    deferred: readonly StoredRecipient[],
    failed: readonly StoredRecipient[],
    secured: boolean,
    authenticated: boolean,
  ): void
  once(event: 'ready', listener: () => void): void
}

/** What became of a stored message at a next hop. */
export interface Settlement {
  readonly nextHop: string
  readonly response: string
  readonly delivered: readonly StoredRecipient[]
  readonly refused: readonly { readonly recipient: StoredRecipient; readonly reply: Reply }[]
}

interface HarakaOutbound {
  send_trans_email(transaction: HarakaTransaction, next: (code: number, message: unknown) => void): void
  process_delivery(paths: string[], todo: unknown, made: StoredMail[]): Promise<void>
}

const NOTE = 'gateway_delivery'

export function useOutbound(plugin: HarakaPlugin): Outbound {
  const haraka = plugin.haraka_require('outbound') as HarakaOutbound
  const { queue_dir: queueDir } = plugin.haraka_require('outbound/queue') as { queue_dir: string }
  return {
    async store(transaction, recipients, note) {
      // Our notes of the session hold promises, and nothing that is of use later.
      const notes = { ...transaction.notes, gateway: undefined, [NOTE]: note }
      const part = Object.create(transaction, {
        rcpt_to: { value: recipients },
        notes: { value: notes },
      }) as HarakaTransaction
      await new Promise<void>((resolve, reject) => {
        haraka.send_trans_email(part, (code, message) => {
          if (code === OK) resolve()
          else reject(new Error(String(message)))
        })
      })
      await syncFolder(queueDir)
    },
  }
}

export const noteOf = (mail: StoredMail): DeliveryNote | undefined =>
  mail.todo.notes[NOTE] as DeliveryNote | undefined

/** What happens to mail that leaves the queue. */
export type Way =
  /** To the MX of the domain, by Haraka. */
  | { readonly kind: 'mx' }
  /** By us. */
  | { readonly kind: 'ours'; readonly deliver: () => Promise<Settlement> }
  | { readonly kind: 'later'; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string }

/**
 * Haraka asks for the MX of each message that is due. For ours the answer is none, and what Haraka would do with
 * it is replaced: its own client knows one TLS policy for all, signs in without TLS, and bounces what is a fault
 * of our settings.
 */
export function onDue(plugin: HarakaPlugin, wayOf: (mail: StoredMail) => Way): void {
  const haraka = plugin.haraka_require('outbound') as HarakaOutbound
  const take = async (mail: StoredMail, deliver: () => Promise<Settlement>): Promise<void> => {
    try {
      await settle(haraka, mail, await deliver())
    } catch (error) {
      plugin.logerror(`${mail.filename} stays in the queue: ${errorText(error)}`)
      mail.temp_fail('Temporary failure')
    }
  }
  plugin.on_get_mx = (next: Next, mail: StoredMail): void => {
    const way = wayOf(mail)
    // An earlier attempt may have gone another way.
    delete mail.found_mx
    switch (way.kind) {
      case 'mx':
        next()
        return
      case 'later':
        next(DENYSOFT, way.reason)
        return
      case 'never':
        next(DENY, way.reason)
        return
      case 'ours':
        mail.found_mx = () => {
          void take(mail, way.deliver)
        }
        next(OK, [])
    }
  }
  plugin.register_hook('get_mx', 'on_get_mx')
}

/** Lets `change` edit the recipients that a bounce names, before it is written; it returns the reason to give. */
export function onBounce(plugin: HarakaPlugin, change: (mail: StoredMail) => string | undefined): void {
  plugin.on_bounce = (next: Next, mail: StoredMail): void => {
    const reason = change(mail)
    if (reason !== undefined) mail.bounce_error = new Error(reason)
    next()
  }
  plugin.register_hook('bounce', 'on_bounce', -100)
}

/**
 * Takes what is delivered out of the queue. When recipients fared differently, those that are left get files of
 * their own first: a crash, or a full disk, at any point doubles a message at worst and loses none.
 */
async function settle(haraka: HarakaOutbound, mail: StoredMail, settlement: Settlement): Promise<void> {
  const { delivered, refused, nextHop, response } = settlement
  for (const { recipient, reply } of refused) describeRefusal(recipient, reply)
  const deferred = refused.filter(({ reply }) => reply.code < 500).map(({ recipient }) => recipient)
  const failed = refused.filter(({ reply }) => reply.code >= 500).map(({ recipient }) => recipient)
  const reason = refused.map(({ reply }) => `${reply.code} ${reply.enhanced} ${reply.text}`)[0] ?? ''
  const everyone = mail.todo.rcpt_to.length
  if (deferred.length === everyone) {
    mail.temp_fail(reason)
    return
  }
  if (failed.length === everyone) {
    mail.bounce(reason)
    return
  }
  const [later, never] = await splitOff(haraka, mail, [deferred, failed])
  later?.temp_fail(reason)
  never?.bounce(reason)
  if (delivered.length > 0)
    mail.delivered(nextHop, 0, 'SMTP', nextHop, response, delivered, deferred, failed, false, false)
  else mail.discard()
}

/** Files of their own for groups of recipients; none for an empty group. */
async function splitOff(
  haraka: HarakaOutbound,
  mail: StoredMail,
  groups: readonly (readonly StoredRecipient[])[],
): Promise<(StoredMail | undefined)[]> {
  const paths: string[] = []
  try {
    const parts: (StoredMail | undefined)[] = []
    for (const recipients of groups) {
      parts.push(recipients.length > 0 ? await copyFor(haraka, mail, recipients, paths) : undefined)
    }
    return parts
  } catch (error) {
    await Promise.allSettled(paths.map((path) => unlink(path)))
    throw error
  }
}

async function copyFor(
  haraka: HarakaOutbound,
  mail: StoredMail,
  recipients: readonly StoredRecipient[],
  paths: string[],
): Promise<StoredMail | undefined> {
  const message = {
    pipe: (file: Writable): void => {
      const data = mail.data_stream()
      data.on('error', (error) => file.destroy(error))
      data.pipe(file)
    },
  }
  const made: StoredMail[] = []
  await haraka.process_delivery(paths, { ...mail.todo, rcpt_to: recipients, message_stream: message }, made)
  const [part] = made
  if (!part) return undefined
  await new Promise<void>((resolve) => {
    part.once('ready', resolve)
  })
  // The file does not keep what is told about a recipient in a bounce.
  part.todo.rcpt_to = recipients
  part.num_failures = mail.num_failures
  return part
}

function describeRefusal(recipient: StoredRecipient, { code, enhanced, text }: Reply): void {
  recipient.reason = `${code} ${enhanced} ${text}`
  recipient.dsn_action = code < 500 ? 'delayed' : 'failed'
  recipient.dsn_status = enhanced
  recipient.dsn_smtp_code = String(code)
  recipient.dsn_smtp_extc = enhanced
  recipient.dsn_smtp_response = text
}

/** Haraka syncs the file; its name lasts through a power cut when the folder is synced, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems cannot.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  } finally {
    await handle.close()
  }
}
