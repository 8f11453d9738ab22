import { generateKeyPairSync, sign } from 'node:crypto'

/** Self-signed certificates made on the spot, so that no key lies about (RFC 5280, DER by hand). */

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
export const certificatePem = selfSigned(publicKey.export({ type: 'spki', format: 'der' }), privateKey)
export const pem = keyPem + certificatePem
export const otherPem =
  other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() +
  selfSigned(other.publicKey.export({ type: 'spki', format: 'der' }), other.privateKey)
/** The key of one, the certificate of the other. */
export const mismatchedPem = otherPem.replace(/-----BEGIN CERTIFICATE[\s\S]*/, certificatePem)

function selfSigned(spki: Buffer, key: typeof privateKey): string {
  const algorithm = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex'))) // ecdsa-with-SHA256
  const commonName = der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('gw.example')))
  const name = der(0x30, der(0x31, commonName))
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')))
  const body = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, validity, name, spki)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, key))
  const base64 = der(0x30, body, algorithm, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
