import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

/** What is wrong with a PEM file of key and chain, or undefined when TLS can use it. Never quotes the file. */
export function certificateFault(path: string): string | undefined {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (error) {
    return `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}): must be one PEM file with the private key and the certificate chain, relative to the configuration folder`
  }
  return pemFault(pem)
}

/** The same of its text. */
export function pemFault(pem: string): string | undefined {
  if (!/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m.test(pem)) {
    return 'holds no private key: must be one PEM file with the private key and the certificate chain'
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    return 'holds no certificate: must be one PEM file with the private key and the certificate chain'
  }
  try {
    // Haraka dies of a mismatched pair at run time, so the pair is tried here.
    createSecureContext({ key: pem, cert: pem })
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH')
      return 'holds a private key that does not belong to the certificate'
    return `is not usable for TLS (${code ?? 'unreadable'}): must be one PEM file with an unencrypted private key and the certificate chain`
  }
}

/** What a certificate that works for TLS says of itself. */
export interface CertificateFacts {
  /** The names it is for, as it spells them. */
  readonly names: string
  readonly validUntil: Date
  /** Why nobody should trust it today, if so. */
  readonly outdated?: string
  /** It is not for the name that this gateway greets with. */
  readonly isForeign: boolean
}

/** Of the first certificate in the file, which is the one that TLS presents (RFC 8446 4.4.2). */
export function certificateFacts(pem: string, hostname: string, now: Date): CertificateFacts {
  const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')))
  const validFrom = new Date(certificate.validFrom)
  const validUntil = new Date(certificate.validTo)
  const outdated =
    now > validUntil
      ? `expired on ${validUntil.toISOString()}`
      : now < validFrom
        ? `is not valid before ${validFrom.toISOString()}`
        : undefined
  return {
    names: certificate.subjectAltName ?? certificate.subject,
    validUntil,
    ...(outdated === undefined ? {} : { outdated }),
    isForeign: certificate.checkHost(hostname) === undefined,
  }
}

/** When the certificate in the file expires, in milliseconds since the epoch; undefined when there is none to read. */
export function readNotAfter(path: string): number | undefined {
  if (certificateFault(path) !== undefined) return undefined
  return certificateFacts(readFileSync(path, 'utf8'), '', new Date()).validUntil.getTime()
}
