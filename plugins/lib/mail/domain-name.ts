import { domainToASCII } from 'node:url'
import { parse } from 'tldts'

/** How tldts is asked: private suffixes count; names come canonical, and addresses not at all. */
export const suffixOptions = {
  allowPrivateDomains: true,
  extractHostname: false,
  validateHostname: false,
  detectIp: false,
} as const

/** The characters UTS 46 takes for a full stop, and the one dot leader that NFKC makes one. */
const otherDots = /[\u3002\uFF0E\uFF61\u2024]/g

const plainName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/

/**
 * The name as it is asked in DNS: A-labels (UTS 46), lower case, no trailing dot.
 * Undefined when the text is no domain name of two labels or more (RFC 1035 section 2.3.4), or an IPv4 address.
 */
export function canonicalName(text: string): string | undefined {
  let name = text.toLowerCase()
  if (!plainName.test(name) || name.includes('xn--')) {
    name = asciiName(name)
    if (name.endsWith('.')) name = name.slice(0, -1)
    if (!plainName.test(name)) return undefined
  }
  return name.length > 253 || isNumeric(name.slice(name.lastIndexOf('.') + 1)) ? undefined : name
}

/** Longer than any name can be: not worth the cost of UTS 46, which grows with the text. */
const longestText = 1024

/** Empty when there is no such name. Plain ASCII is left alone, for domainToASCII reads numbers as addresses. */
function asciiName(text: string): string {
  // eslint-disable-next-line no-control-regex -- everything that is not ASCII
  if (!text.includes('xn--') && !/[^\x00-\x7f]/.test(text)) return text
  const dotted = text.replace(otherDots, '.')
  // domainToASCII would read escapes and numbers its own way; here they are the caller's business.
  if (dotted.length > longestText || dotted.includes('%')) return ''
  return domainToASCII(dotted)
}

/** A last label of digits, or hexadecimal, makes a host an IPv4 address for a browser (WHATWG URL 3.5). */
function isNumeric(label: string): boolean {
  return label < ':' && /^(?:\d+|0x[0-9a-f]*)$/.test(label)
}

/** The domain somebody registered: one label below a public suffix, private suffixes such as github.io included. */
export function organisationalDomain(name: string): string | undefined {
  const { domain, isIcann, isPrivate } = parse(name, suffixOptions)
  return isIcann === true || isPrivate === true ? (domain ?? undefined) : undefined
}

/** Is the name below, or equal to, a suffix of the Public Suffix List? */
export function hasPublicSuffix(name: string): boolean {
  const { isIcann, isPrivate } = parse(name, suffixOptions)
  return isIcann === true || isPrivate === true
}

/**
 * Top-level names and domains set apart by RFC 2606, 6761, 6762, 7686, 8375, 9476 and ICANN (internal):
 * nobody registers anything below them, so no list can know them.
 */
const reservedNames = new Set([
  'test',
  'example',
  'invalid',
  'localhost',
  'local',
  'internal',
  'onion',
  'alt',
  'arpa',
  'localdomain',
  'example.com',
  'example.net',
  'example.org',
  'example.edu',
])

export function isReservedName(name: string): boolean {
  return isBelow(name, reservedNames)
}

/** Is the name one of these, or below one of them? */
export function isBelow(name: string, parents: ReadonlySet<string>): boolean {
  if (parents.has(name)) return true
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (parents.has(name.slice(dot + 1))) return true
  }
  return false
}
