import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** A self-signed certificate made with nothing but Node, in PEM. */
export interface TestCertificate {
  readonly key: string
  readonly certificate: string
}

const ECDSA_WITH_SHA256 = '06082a8648ce3d040302'
const COMMON_NAME = '0603550403'
const SUBJECT_ALT_NAME = '0603551d11'

/** For these names, valid from the day before yesterday to tomorrow. */
export function createTestCertificate(
  names: readonly string[],
  { daysUntilExpiry = 1 } = {},
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = toBeSigned(names, publicKey, daysUntilExpiry)
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, sequence(hex(ECDSA_WITH_SHA256)), bitString(signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}

/** RFC 5280 4.1: TBSCertificate, version 3. */
function toBeSigned(names: readonly string[], publicKey: KeyObject, daysUntilExpiry: number): Buffer {
  const name = sequence(tag(0x31, sequence(hex(COMMON_NAME), tag(0x0c, Buffer.from(names[0] ?? 'test')))))
  const altNames = sequence(...names.map((dnsName) => tag(0x82, Buffer.from(dnsName))))
  const extensions = sequence(sequence(hex(SUBJECT_ALT_NAME), tag(0x04, altNames)))
  return sequence(
    tag(0xa0, hex('020102')),
    tag(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    sequence(hex(ECDSA_WITH_SHA256)),
    name,
    sequence(utcTime(-2), utcTime(daysUntilExpiry)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, extensions),
  )
}

function utcTime(daysFromNow: number): Buffer {
  const date = new Date(Date.now() + daysFromNow * 86_400_000).toISOString()
  return tag(0x17, Buffer.from(`${date.replace(/[-:T]/g, '').slice(2, 14)}Z`))
}

/** DER: tag, length, content. */
function tag(number: number, content: Buffer): Buffer {
  const length = content.length
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([number, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tag(0x30, Buffer.concat(parts))
const bitString = (content: Buffer): Buffer => tag(0x03, Buffer.concat([Buffer.of(0), content]))
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
