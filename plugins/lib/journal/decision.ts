import type { JournalRecord, Outcome, RecipientOutcome } from './record'

/** What decides how a transaction, or a session without one, ended. */
export interface Ended {
  /** What the client was told last, with its code; empty when that was nothing. */
  readonly lastReply: string
  readonly denials: readonly Denial[]
  readonly transaction: EndedTransaction | undefined
}

export interface EndedTransaction {
  readonly isSenderTaken: boolean
  readonly recipients: readonly AnsweredRecipient[]
  /** How Haraka counts the message, once its last reply is sent. */
  readonly status: 'accepted' | 'rejected' | 'deferred' | undefined
  /** Of the message as far as it came. */
  readonly bytes: number
}

export interface AnsweredRecipient {
  readonly address: string
  readonly outcome: RecipientOutcome
  readonly reply: string | undefined
}

/** A hook in which a plugin refused something. */
export interface Denial {
  readonly hook: string
  readonly plugin: string
  /** Address whose RCPT it was. */
  readonly recipient: string | undefined
}

export type Decision = Pick<JournalRecord, 'outcome' | 'reply' | 'by'>

export function decide(ended: Ended): Decision {
  const { lastReply, denials, transaction } = ended
  if (transaction) return decideTransaction(ended, transaction)
  return { outcome: outcomeOf(lastReply), reply: lastReply, by: denials.at(-1)?.plugin }
}

/** What ended the transaction: a reply to MAIL, to the message, or all those to RCPT together. */
function decideTransaction({ lastReply, denials }: Ended, transaction: EndedTransaction): Decision {
  const isRefusal = /^[45]/.test(lastReply)
  if (!transaction.isSenderTaken && isRefusal) {
    return { outcome: outcomeOf(lastReply), reply: lastReply, by: lastDenial(denials, isAtMail) }
  }
  const answers = transaction.recipients.map(({ outcome }) => outcome)
  if (transaction.status === 'accepted') {
    const isForAll = answers.every((outcome) => outcome === 'accepted')
    return { outcome: isForAll ? 'accepted' : 'partly', reply: lastReply }
  }
  // Haraka does not count a message that was refused before its end.
  const wasMessage = transaction.status !== undefined || transaction.bytes > 0
  if (wasMessage && isRefusal) {
    return { outcome: outcomeOf(lastReply), reply: lastReply, by: lastDenial(denials, isLater) }
  }
  const last = transaction.recipients.at(-1)
  if (!last || answers.includes('accepted')) return { outcome: 'abandoned' }
  return {
    outcome: answers.includes('refused') ? 'refused' : 'deferred',
    reply: last.reply,
    by: lastDenial(denials, isAtRcpt),
  }
}

const outcomeOf = (reply: string): Extract<Outcome, 'refused' | 'deferred'> =>
  reply.startsWith('4') ? 'deferred' : 'refused'

const lastDenial = (denials: readonly Denial[], isRight: (hook: string) => boolean): string | undefined =>
  denials.findLast(({ hook }) => isRight(hook))?.plugin

const isAtMail = (hook: string): boolean => hook === 'mail'
const isAtRcpt = (hook: string): boolean => hook.startsWith('rcpt')
const isLater = (hook: string): boolean => !isAtMail(hook) && !isAtRcpt(hook)
