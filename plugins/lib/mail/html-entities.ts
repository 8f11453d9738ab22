import { hexDigit } from './percent-encoding'

/** Latin-1 letters by the names that HTML gives them, from U+00C0 on; a space where there is none. */
const latin1 =
  'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH ' +
  'Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave ' +
  'aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ' +
  'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'

/** Names that HTML also takes without a semicolon. */
const legacy: Record<string, string> = {
  amp: '&',
  AMP: '&',
  lt: '<',
  LT: '<',
  gt: '>',
  GT: '>',
  quot: '"',
  QUOT: '"',
  nbsp: '\u00A0',
  shy: '\u00AD',
  ...Object.fromEntries(latin1.split(' ').map((name, index) => [name, String.fromCharCode(0xc0 + index)])),
}

/** The other names that can stand in a URL or inside a host. */
const withSemicolon: Record<string, string> = {
  Tab: '\t',
  NewLine: '\n',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  apos: "'",
  lpar: '(',
  rpar: ')',
  ast: '*',
  midast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  commat: '@',
  lsqb: '[',
  lbrack: '[',
  bsol: '\\',
  rsqb: ']',
  rbrack: ']',
  lowbar: '_',
  UnderBar: '_',
  lcub: '{',
  lbrace: '{',
  verbar: '|',
  vert: '|',
  rcub: '}',
  rbrace: '}',
  fjlig: 'fj',
  hyphen: '\u2010',
  dash: '\u2010',
  ensp: '\u2002',
  emsp: '\u2003',
  thinsp: '\u2009',
  zwnj: '\u200C',
  zwj: '\u200D',
  lrm: '\u200E',
  rlm: '\u200F',
  ZeroWidthSpace: '\u200B',
  NegativeThinSpace: '\u200B',
  NegativeMediumSpace: '\u200B',
  NegativeThickSpace: '\u200B',
  NegativeVeryThinSpace: '\u200B',
  NoBreak: '\u2060',
  ApplyFunction: '\u2061',
  af: '\u2061',
  InvisibleTimes: '\u2062',
  it: '\u2062',
  InvisibleComma: '\u2063',
  ic: '\u2063',
}

const names = new Map(Object.entries({ ...withSemicolon, ...legacy }))
const legacyNames = new Set(Object.keys(legacy))

const namedReference = /&([a-z]{2,23})\b;?/iy

/**
 * The text with its character references undone once, as HTML reads them. Numeric ones need no semicolon; of the
 * names only those that matter to a URL are known, the rest stays as it is written.
 */
export function withoutEntities(text: string): string {
  let decoded = ''
  let from = 0
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    decoded += text.slice(from, at)
    if (text.startsWith('amp;', at + 1)) {
      decoded += '&'
      from = at + 5
    } else if (text.charCodeAt(at + 1) === 0x23) {
      const { character, end } = numeric(text, at + 2)
      decoded += character
      from = end
    } else {
      namedReference.lastIndex = at
      const [written, name] = namedReference.exec(text) ?? ['&', '']
      decoded += meaning(written, name)
      from = at + written.length
    }
  }
  return decoded + text.slice(from)
}

function numeric(text: string, from: number): { readonly character: string; readonly end: number } {
  const isHex = (text.charCodeAt(from) | 0x20) === 0x78
  const base = isHex ? 16 : 10
  const start = isHex ? from + 1 : from
  let code = 0
  let end = start
  for (let digit = hexDigit(text.charCodeAt(end)); digit < base; digit = hexDigit(text.charCodeAt(end))) {
    code = Math.min(code * base + digit, 0x110000)
    end++
  }
  if (end === start) return { character: '&#', end: from }
  return { character: codePoint(code), end: text.charCodeAt(end) === 0x3b ? end + 1 : end }
}

function meaning(written: string, name = ''): string {
  if (!written.endsWith(';') && !legacyNames.has(name)) return written
  return names.get(name) ?? written
}

function codePoint(code: number): string {
  const isScalar = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isScalar ? String.fromCodePoint(code) : '\uFFFD'
}
