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
