import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { sealingKeyFault } from '../../../plugins/lib/settings/sealing-key'
import { keyPem } from './pem'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const short = generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey

describe('the key of seals', () => {
  it('may be any RSA key in PEM', () => {
    assert.equal(sealingKeyFault(pkcs8), undefined)
    const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    assert.equal(sealingKeyFault(pkcs1), undefined)
  })

  it('is told what is wrong with it, without a word of it', () => {
    const encrypted = rsa.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'sesame',
    })
    for (const [pem, fault] of [
      ['sesame', /^is no private key: must be an RSA private key in PEM/],
      [
        rsa.publicKey.export({ type: 'spki', format: 'pem' }),
        /^is the public key: must be an RSA private key/,
      ],
      [encrypted, /^is protected by a passphrase/],
      [pkcs8.replace(/\n.{20}/, '\n'), /^is damaged/],
      [pkcs8.replaceAll('\n', ' '), /^is damaged/],
      [keyPem, /^is a key of another kind \(ec\)/],
      [short.export({ type: 'pkcs8', format: 'pem' }), /^has 768 bits: must have 1024 or more/],
    ] as const) {
      const found = sealingKeyFault(pem.toString()) ?? ''
      assert.match(found, fault)
      assert.ok(!found.includes(pkcs8.slice(60, 80)))
    }
  })
})
