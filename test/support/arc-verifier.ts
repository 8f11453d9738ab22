import { createHash, createPublicKey, verify } from 'node:crypto'

/**
 * DKIM and ARC, checked by a few lines written from RFC 6376 and RFC 8617, apart from the library that signs, so
 * that a mistake there is not made here as well. Only relaxed/relaxed and rsa-sha256.
 */
export interface SignatureVerdicts {
  /** One for each DKIM-Signature, from top to bottom. */
  readonly dkim: readonly boolean[]
  /** `pass`, `none`, or what is wrong. */
  readonly arc: string
}

/** TXT records by name. */
export type KeyRecords = Readonly<Record<string, string>>

export function verifySignatures(message: Buffer, keys: KeyRecords): SignatureVerdicts {
  const parsed = parseMessage(message)
  const dkim = parsed.fields
    .filter((field) => field.name === 'dkim-signature')
    .map((field) => holds(field, parsed, keys))
  return { dkim, arc: verifyArc(parsed, keys) }
}

interface Field {
  readonly name: string
  /** As in the message, folds included, without the last CRLF. */
  readonly text: string
}

interface Message {
  readonly fields: readonly Field[]
  readonly body: string
}

/** Each byte one character. */
function parseMessage(bytes: Buffer): Message {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const fields = text
    .slice(0, end)
    .split(/\r\n(?![ \t])/)
    .map((field) => ({ name: field.slice(0, field.indexOf(':')).trimEnd().toLowerCase(), text: field }))
  return { fields, body: text.slice(end + 4) }
}

/** RFC 6376 section 3.2 */
function tagsOf(text: string): Record<string, string> {
  const list = text.slice(text.indexOf(':') + 1).split(';')
  return Object.fromEntries(
    list.flatMap((tag) => {
      const [, name, value] = /^\s*(\w+)\s*=([\s\S]*)$/.exec(tag) ?? []
      return name === undefined || value === undefined ? [] : [[name, value.replace(/\s+/g, '')]]
    }),
  )
}

/** RFC 6376 section 3.4.2 */
function relaxedField({ name, text }: Field): string {
  const value = text.slice(text.indexOf(':') + 1).replace(/\r\n/g, '')
  return `${name}:${value.replace(/[ \t]+/g, ' ').trim()}`
}

/** RFC 6376 section 3.4.4 */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  while (lines.at(-1) === '') lines.pop()
  return lines.map((line) => `${line}\r\n`).join('')
}

/** The field itself with an empty b=, without CRLF (RFC 6376 section 3.7). */
function unsigned(field: Field): string {
  return relaxedField({ ...field, text: field.text.replace(/([;:\s]b\s*=)[^;]*/, '$1') })
}

/** DKIM-Signature or ARC-Message-Signature. */
function holds(field: Field, { fields, body }: Message, keys: KeyRecords): boolean {
  const tags = tagsOf(field.text)
  if (tags.c !== 'relaxed/relaxed' || tags.a !== 'rsa-sha256') return false
  const bodyHash = createHash('sha256').update(relaxedBody(body), 'latin1').digest('base64')
  if (bodyHash !== tags.bh) return false
  const left = [...fields]
  const signed = (tags.h ?? '').split(':').flatMap((name) => {
    const index = left.findLastIndex((other) => other.name === name.toLowerCase())
    return index === -1 ? [] : left.splice(index, 1)
  })
  return isSignedBy(
    tags,
    `${signed.map((other) => `${relaxedField(other)}\r\n`).join('')}${unsigned(field)}`,
    keys,
  )
}

function isSignedBy(tags: Record<string, string>, text: string, keys: KeyRecords): boolean {
  const record = keys[`${tags.s ?? ''}._domainkey.${tags.d ?? ''}`]
  if (record === undefined || tags.b === undefined) return false
  const der = Buffer.from(tagsOf(`:${record}`).p ?? '', 'base64')
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  return verify('sha256', Buffer.from(text, 'latin1'), key, Buffer.from(tags.b, 'base64'))
}

/** RFC 8617 section 5.2 */
function verifyArc(message: Message, keys: KeyRecords): string {
  const ofKind = (name: string): Map<number, Field> =>
    new Map(
      message.fields
        .filter((field) => field.name === name)
        .map((field) => [Number(tagsOf(field.text).i), field]),
    )
  const seals = ofKind('arc-seal')
  const signatures = ofKind('arc-message-signature')
  const results = ofKind('arc-authentication-results')
  const count = message.fields.filter(({ name }) => name.startsWith('arc-')).length
  if (count === 0) return 'none'
  if (count !== 3 * seals.size) return 'sets are not complete'
  let chain = ''
  for (let instance = 1; instance <= seals.size; instance += 1) {
    const [seal, signature, result] = [seals, signatures, results].map((kind) => kind.get(instance))
    if (!seal || !signature || !result) return `set ${instance} is not complete`
    const tags = tagsOf(seal.text)
    if (tags.cv !== (instance === 1 ? 'none' : 'pass')) return `cv=${tags.cv ?? ''} in set ${instance}`
    chain += `${relaxedField(result)}\r\n${relaxedField(signature)}\r\n`
    if (!isSignedBy(tags, chain + unsigned(seal), keys)) return `seal ${instance} does not hold`
    chain += `${relaxedField(seal)}\r\n`
    if (instance === seals.size && !holds(signature, message, keys))
      return `signature ${instance} does not hold`
  }
  return 'pass'
}
