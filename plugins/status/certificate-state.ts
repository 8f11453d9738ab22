import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Gateway } from '../lib/gateway'
import { certificateFacts, certificateFault } from '../lib/settings/certificate'

export interface CertificateState {
  /** As the settings name it. */
  readonly file: string
  readonly subject: string
  readonly names: readonly string[]
  /** Milliseconds since the epoch. */
  readonly notAfter?: number
  readonly daysLeft?: number
  readonly fault?: string
}

const DAY_MS = 86_400_000

/** The certificate of the settings, as it is on the disk now; null when there is to be none. */
export function readCertificate(gateway: Gateway, file: string, now: number): CertificateState | null {
  if (file === '') return null
  const path = resolve(gateway.instanceDir, 'config', file)
  const fault = certificateFault(path)
  if (fault !== undefined) return { file, subject: '', names: [], fault }
  const pem = readFileSync(path, 'utf8')
  const { names, validUntil, outdated } = certificateFacts(pem, gateway.hostname, new Date(now))
  const { subject } = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')))
  return {
    file,
    subject: subject.replaceAll('\n', ', '),
    names: names.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
    notAfter: validUntil.getTime(),
    daysLeft: Math.floor((validUntil.getTime() - now) / DAY_MS),
    ...(outdated !== undefined && { fault: outdated }),
  }
}
