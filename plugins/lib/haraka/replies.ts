/**
 * Every SMTP reply of this suite, with its enhanced status code (RFC 3463), in one place.
 * Texts go to strangers: they name what is wrong with the sender's side and nothing of ours.
 */
export interface Reply {
  /** 4xx or 5xx (RFC 5321 4.2). */
  readonly code: number
  /** `5.7.1` (RFC 3463). */
  readonly enhanced: string
  readonly text: string
}

/** A reply in the words given; those of a next hop are passed on this way. */
export const reply = (code: number, enhanced: string, text: string): Reply => ({
  code,
  enhanced,
  text: printable(text),
})

/** Something of ours failed: the sender keeps the message and tries again. */
export const internalError = (): Reply => reply(451, '4.3.0', 'Temporary failure, please try again later')

/** A listing refuses the session or message; `ref` finds the decision again. */
export const listed = (explanation: string, ref: string): Reply =>
  reply(550, '5.7.1', `${explanation} (ref ${ref})`)

export const notRoutable = (domain: string): Reply =>
  reply(550, '5.7.1', `Relaying denied: no mail for ${domain} here`)

export const notSetUp = (): Reply => reply(451, '4.3.5', 'This gateway is not set up to take mail yet')

export const otherNextHop = (): Reply => reply(451, '4.5.3', 'Try these recipients in a separate transaction')

export const nextHopUnavailable = (): Reply =>
  reply(451, '4.4.1', 'The next hop does not answer, please try again later')

export const connectionLost = (): Reply =>
  reply(451, '4.4.2', 'The connection to the next hop broke, please try again later')

export const nextHopConfused = (): Reply =>
  reply(451, '4.3.5', 'The next hop is not set up for this, please try again later')

export const recipientsChanged = (): Reply =>
  reply(451, '4.4.2', 'The next hop no longer takes all recipients, please try again')

/** RFC 6531 3.5 */
export const needsSmtpUtf8 = (): Reply =>
  reply(550, '5.6.7', 'SMTPUTF8 required, but not supported by the next hop')

export const badAddress = (): Reply => reply(550, '5.1.3', 'The next hop cannot be given this address')

export const storageFull = (): Reply => reply(452, '4.3.1', 'Insufficient system storage')

export const storageFailed = (): Reply =>
  reply(451, '4.3.0', 'The message cannot be stored now, please try again later')

/** Contacts are named to nobody, so no next hop of theirs speaks here. */
export const noAdminContact = (): Reply => reply(550, '5.1.1', 'No administrative contact configured')

export const adminContactsUnavailable = (): Reply =>
  reply(451, '4.3.0', 'The administrative contacts cannot be reached now, please try again later')

export const adminContactsRefused = (): Reply =>
  reply(550, '5.7.1', 'The administrative contacts do not take this message')

export const tooManyToAdmins = (): Reply =>
  reply(450, '4.7.1', 'Too many messages to administrators from your address, please try again in a minute')

export const tooManyConnections = (): Reply =>
  reply(421, '4.7.0', 'Too many connections, please try again later')

export const tooManyRecipients = (): Reply =>
  reply(452, '4.5.3', 'Too many recipients, please send to these in another transaction')

/** RFC 5321 4.5.3.2 */
export const tooSlow = (): Reply => reply(421, '4.4.2', 'Timeout, closing the connection')

export const headerTooLong = (): Reply => reply(550, '5.6.0', 'The header of this message has too many lines')

export const shuttingDown = (): Reply => reply(421, '4.3.2', 'Service shutting down, please try again')

export const tooBig = (): Reply => reply(552, '5.3.4', 'Message too big!')

/** RFC 3207 4 */
export const needsStartTls = (): Reply => reply(530, '5.7.0', 'Must issue a STARTTLS command first')

/** RFC 4954 6 */
export const needsSignIn = (): Reply => reply(530, '5.7.0', 'Authentication required')

export const senderNotYours = (sender: string): Reply =>
  reply(553, '5.7.1', `You may not send as ${sender || 'nobody'}`)

/** RFC 5322 3.6: a message has exactly one From; what is wrong stands in `fault`. */
export const malformedFrom = (fault: string): Reply => reply(550, '5.6.0', fault)

/** One line of printable ASCII that fits into a reply (RFC 5321 4.5.3.1.5): others may have put anything into it. */
export function printable(text: string): string {
  return (
    text
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 400)
      .trim() || 'No reason given'
  )
}
