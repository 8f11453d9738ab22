/** Why an SMTP session could not be had or was lost. What the server answered to a command is not an error. */
export type SmtpFailure =
  /** No TCP connection. */
  | 'connect'
  /** The server stayed silent past a deadline. */
  | 'timeout'
  /** The connection ended. */
  | 'closed'
  /** The server broke the protocol. */
  | 'protocol'
  /** TLS was required and is not to be had, or its handshake failed. */
  | 'tls'
  /** The server does not let us sign in. */
  | 'auth'
  /** The server greeted or answered EHLO with a refusal. */
  | 'refused'
  /** The server cannot be given this address. */
  | 'address'

export class SmtpError extends Error {
  override readonly name = 'SmtpError'

  constructor(
    readonly kind: SmtpFailure,
    message: string,
  ) {
    super(message)
  }
}
