import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Clock } from '../lib/clock'
import type { Log } from '../lib/log'
import { certificateFacts, pemFault } from '../lib/settings/certificate'

export interface CertificatesOptions {
  readonly configDir: string
  /** The name that this gateway greets with. */
  readonly hostname: string
  /** Shows the certificate to clients from now on, or none. */
  readonly show: (pem: string | undefined) => void
  readonly clock: Clock
  readonly log: Log
}

/**
 * Follows `tls.certificate`. A certificate that TLS can't use, or that is past its dates, does not take the place
 * of a good one; at the start, when there is none, one past its dates is better than sending mail in the clear.
 */
export function createCertificates({ configDir, hostname, show, clock, log }: CertificatesOptions) {
  let shown: string | undefined
  /** Why the one that the settings name is not shown. */
  let fault: string | undefined

  function take(file: string): void {
    const pem = readFileSync(resolve(configDir, file), 'utf8')
    if (pem === shown) return
    const fault = pemFault(pem)
    if (fault !== undefined) throw new Error(fault)
    const now = new Date(clock.now())
    const facts = certificateFacts(pem, hostname, now)
    const isShownGood = shown !== undefined && certificateFacts(shown, hostname, now).outdated === undefined
    if (facts.outdated !== undefined && isShownGood) throw new Error(facts.outdated)
    show(pem)
    shown = pem
    log.notice(`certificate ${file} for ${facts.names}, valid until ${facts.validUntil.toISOString()}`)
    if (facts.outdated !== undefined) log.error(`certificate ${file} ${facts.outdated}: renew it`)
    if (facts.isForeign) log.warn(`certificate ${file} is not for ${hostname}, the name of this gateway`)
  }

  return {
    /** `file` is relative to the configuration folder; empty for none. */
    apply(file: string): void {
      fault = undefined
      if (file === '') {
        if (shown !== undefined) show(undefined)
        shown = undefined
        return
      }
      try {
        take(file)
      } catch (error) {
        const kept = shown === undefined ? 'TLS is not offered' : 'the one before it stays in use'
        fault = `certificate ${file} ${(error as Error).message}`
        log.error(`${fault}: ${kept}`)
      }
    },
    fault: (): string | undefined => fault,
  }
}
