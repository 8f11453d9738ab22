import { createPrivateKey, type KeyObject } from 'node:crypto'

const right = 'must be an RSA private key in PEM, on several lines below `key: |`'
/** Verifiers refuse shorter ones (RFC 8301 section 3.2). */
const minBits = 1024

/** What is wrong with a key for ARC seals, or undefined. Never quotes the key. */
export function sealingKeyFault(pem: string): string | undefined {
  if (/^-----BEGIN PUBLIC KEY-----/m.test(pem)) return `is the public key: ${right}`
  if (!/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m.test(pem)) return `is no private key: ${right}`
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    return 'is protected by a passphrase: take it off, with openssl pkey -in FILE'
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return `is damaged: ${right}`
  }
  // RFC 8463 has Ed25519 keys as well, but hardly a verifier of ARC knows them.
  if (key.asymmetricKeyType !== 'rsa') return `is a key of another kind (${key.asymmetricKeyType}): ${right}`
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return bits < minBits ? `has ${bits} bits: must have ${minBits} or more, best 2048` : undefined
}
