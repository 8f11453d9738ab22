import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { certificateFacts } from '../settings/certificate'
import type { Trial, TrialOptions } from './index'

export function certificateTrial({ next, now, configDir, hostname }: TrialOptions): Trial[] {
  const { certificate } = next.settings.tls
  if (certificate === '' || certificate === now.settings.tls.certificate) return []
  return [
    {
      path: ['tls', 'certificate'],
      what: certificate,
      run() {
        const { outdated, warnings } = judgeCertificate(resolve(configDir, certificate), hostname)
        return Promise.resolve(outdated === undefined ? warnings : [`${outdated}: renew it`, ...warnings])
      },
    },
  ]
}

/** Whether clients will trust a certificate that works for TLS. */
export function judgeCertificate(
  path: string,
  hostname: string,
): { readonly outdated?: string; readonly warnings: readonly string[] } {
  const { outdated, isForeign, names } = certificateFacts(readFileSync(path, 'utf8'), hostname, new Date())
  return {
    ...(outdated !== undefined && { outdated }),
    warnings: isForeign ? [`is for ${names}, not for ${hostname}, the name of this gateway`] : [],
  }
}
