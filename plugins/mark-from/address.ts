import { domainToASCII } from 'node:url'
import { parseHeader } from '@haraka/email-address'
import { tokenize, type Token } from './tokens'

/** An addr-spec (RFC 5322 section 3.4.1) that any parser reads the same way. */
export interface Address {
  /** `local@host`; byte for byte what arrived, unless it could not stand like that. */
  readonly text: string
  readonly local: string
  readonly host: string
  /** False when it had to be put in order: `a@b@c`, a route, spaces in the local part. */
  readonly isClear: boolean
}

/** An address as a name; one that was put in order reads as it came. */
export function readableAddress({ text, local, host, isClear }: Address): string {
  if (isClear || !local.startsWith('"')) return text
  return `${local.slice(1, -1).replace(/\\(.)/g, '$1')}@${host}`
}

/** A line holds 998 (RFC 5322 section 2.1.1), and an address cannot be folded. */
const maxLength = 900

const atoms = "[\\w!#$%&'*+/=?^`{|}~-]+"
const label = String.raw`[^\W_](?:[\w-]{0,61}\w)?`
const plainAddress = new RegExp(`^(${atoms}(?:\\.${atoms})*)@(${label}(?:\\.${label})*)$`)
const asciiDomain = new RegExp(`^${label}(?:\\.${label})*\\.?$`)
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*$/u
const quotedString = /^"(?:[^"\\\p{Cc}]|\\[\x20-\x7e])*"$/u
const controls = /\p{Cc}/gu

/** Null when nothing in it can be written as an address. */
export function parseAddress(raw: string): Address | null {
  const plain = plainAddress.exec(raw)
  if (plain?.[1] !== undefined && plain[2] !== undefined && raw.length <= maxLength) {
    return { text: raw, local: plain[1], host: plain[2], isClear: true }
  }
  const { tokens, hasRoute } = withoutRoute(tokenize(raw).filter((token) => token.kind !== 'comment'))
  const at = tokens.findLastIndex((token) => token.kind === 'word' && token.text.includes('@'))
  const word = tokens[at]
  if (word?.kind !== 'word') return null
  const split = word.text.lastIndexOf('@')
  const host = joinDots([textToken(word.text.slice(split + 1)), ...tokens.slice(at + 1)])
  const { local, isClear } = localPart([...tokens.slice(0, at), textToken(word.text.slice(0, split))])
  const text = `${local}@${host}`
  if (local === '' || !isDomain(host) || text.length > maxLength || !isParsable(text)) return null
  // What other readers make of a stray quote or a NUL nobody knows.
  const isBroken = tokens.some((token) => token.kind === 'stray') || /[^\P{Cc}\t\r\n]/u.test(raw)
  return { text, local, host, isClear: isClear && !hasRoute && !isBroken }
}

function textToken(text: string): Token {
  return { kind: 'word', text: text.replace(controls, '') }
}

/** `<@relay.example,@other.example:user@host>` (RFC 5322 section 4.4). */
function withoutRoute(tokens: readonly Token[]): { tokens: readonly Token[]; hasRoute: boolean } {
  const first = tokens.find((token) => token.kind !== 'space')
  const colon = tokens.findIndex((token) => token.kind === 'separator' && token.text === ':')
  if (colon === -1 || first?.kind !== 'word' || !first.text.startsWith('@'))
    return { tokens, hasRoute: false }
  return { tokens: tokens.slice(colon + 1), hasRoute: true }
}

/** White space is allowed around dots and at the ends (RFC 5322 section 4.4), and stays elsewhere. */
function joinDots(tokens: readonly Token[]): string {
  return tokens
    .map(rawText)
    .join('')
    .replace(controls, '')
    .trim()
    .split('.')
    .map((part) => part.trim())
    .join('.')
}

function rawText(token: Token): string {
  switch (token.kind) {
    case 'space':
      return ' '
    case 'quoted':
      return token.raw
    case 'stray':
      return ''
    case 'angle':
    case 'comment':
    case 'separator':
    case 'word':
      return token.text
  }
}

function localPart(tokens: readonly Token[]): { local: string; isClear: boolean } {
  const joined = joinDots(tokens)
  if (dotAtom.test(joined) && !/\s/.test(joined)) return { local: joined, isClear: true }
  if (quotedString.test(joined)) return { local: joined, isClear: true }
  const text = tokens
    .map((token) => (token.kind === 'quoted' ? token.text : rawText(token)))
    .join('')
    .replace(controls, '')
    .trim()
  return { local: text === '' ? '' : `"${text.replace(/["\\]/g, String.raw`\$&`)}"`, isClear: false }
}

function isDomain(host: string): boolean {
  if (host.startsWith('[') || asciiDomain.test(host)) return true
  return /[^\0-\x7f]/.test(host) && !/\s/.test(host) && domainToASCII(host) !== ''
}

/** The last word on unusual ones has the parser that later plugins use. */
function isParsable(address: string): boolean {
  try {
    return parseHeader(`<${address}>`).length === 1
  } catch {
    return false
  }
}
