import type { SmtpReply } from './reply'

/** What a server offers in its answer to EHLO (RFC 5321 4.1.1.1). */
export interface Capabilities {
  readonly startTls: boolean
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly pipelining: boolean
  /** SIZE is understood as a parameter of MAIL (RFC 1870). */
  readonly size: boolean
  /** Upper-case names of SASL mechanisms. */
  readonly auth: readonly string[]
}

export const noCapabilities: Capabilities = parseCapabilities({ code: 250, enhanced: undefined, lines: [] })

export function parseCapabilities(ehlo: SmtpReply): Capabilities {
  // The first line greets; `AUTH=PLAIN` is how servers older than RFC 4954 wrote it.
  const offers = new Map(
    ehlo.lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.trim().toUpperCase().split(/[ =]+/)
      return [keyword, parameters] as const
    }),
  )
  return {
    startTls: offers.has('STARTTLS'),
    eightBitMime: offers.has('8BITMIME'),
    smtpUtf8: offers.has('SMTPUTF8'),
    pipelining: offers.has('PIPELINING'),
    size: offers.has('SIZE'),
    auth: offers.get('AUTH') ?? [],
  }
}
