import { isIP } from 'node:net'

export interface ExplainInput {
  /** The message as a file holds it. */
  readonly message: Buffer | string
  readonly ip: string
  /** Default: the client's name, or its address as a literal. */
  readonly helo?: string | undefined
  /** Envelope sender; empty for the null sender. */
  readonly from: string
  readonly to: readonly string[]
  /** Name of the client's address, taken as confirmed. Default: it is looked up. */
  readonly name?: string | undefined
  /** Who has signed in; the password is not asked for. */
  readonly user?: string | undefined
  /** Port that the client has come to. Default: 587 for users, else 25. */
  readonly port?: number | undefined
  /** Ask the next hops about the recipients, as for live mail. Default: they are not asked. */
  readonly asksNextHops?: boolean | undefined
}

/** What cannot be tried out, in words for whoever asked. */
export class ExplainInputError extends Error {}

/** Throws ExplainInputError: a line end in an address would be a command of its own. */
export function checkInput({
  ip,
  helo = 'x',
  from,
  to,
  name = 'x',
  user = 'x',
  port = 25,
}: ExplainInput): void {
  if (isIP(ip) === 0) throw new ExplainInputError(`${JSON.stringify(ip)} is not an IP address`)
  if (to.length === 0) throw new ExplainInputError('there must be a recipient')
  for (const text of [helo, name, user]) {
    if (!/^[^\s\p{Cc}]+$/u.test(text))
      throw new ExplainInputError(`${JSON.stringify(text)} must be without spaces`)
  }
  for (const address of [from, ...to]) {
    if (/[\p{Cc}<>]/u.test(address))
      throw new ExplainInputError(`${JSON.stringify(address)} is not an address`)
  }
  if (to.includes('')) throw new ExplainInputError('a recipient must have an address')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ExplainInputError(`${port} is not a port`)
  }
}
