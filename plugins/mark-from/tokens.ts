/**
 * Lexical tokens of a From field (RFC 5322 section 3.2), of whatever arrives: nothing is an error, and
 * what cannot be closed is `stray`. One pass, linear in the length of the field.
 */
export type Token =
  /** Atoms with their dots and `@`, an encoded-word, a domain literal. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'quoted'; readonly text: string; readonly raw: string }
  | { readonly kind: 'comment'; readonly text: string }
  /** What stands between `<` and `>`. */
  | { readonly kind: 'angle'; readonly text: string }
  | { readonly kind: 'separator'; readonly text: ',' | ';' | ':' }
  | { readonly kind: 'space' }
  /** A quote, bracket or parenthesis without its partner. */
  | { readonly kind: 'stray' }

const space = /[ \t\r\n]+/y
/** Its specials are no specials: `=?utf-8?Q?Doe,_John?=` arrives from more than one sender. */
const encodedWord = /=\?[^?\s]{1,60}\?[bq]\?[^?\s]*\?=/iy
const word = /(?:(?!=\?)[^ \t\r\n"(),:;<>[])+/y
const domainLiteral = /\[[^ \t\r\n"(),;<>[\]\\]*\]/y

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const closings = closingPositions(text)
  let position = 0
  while (position < text.length) {
    const [token, end] = nextToken(text, position, closings)
    tokens.push(token)
    position = end
  }
  return tokens
}

/** For each `"` and `(` that starts something, where it ends; without an entry it never does. */
interface Closings {
  readonly quotes: (start: number) => number | undefined
  readonly parentheses: ReadonlyMap<number, number>
}

function nextToken(text: string, start: number, closings: Closings): [Token, number] {
  const character = text.charAt(start)
  switch (character) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return [{ kind: 'space' }, matchEnd(space, text, start) ?? start + 1]
    case '"':
      return quotedToken(text, start, closings)
    case '(': {
      const end = closings.parentheses.get(start)
      if (end === undefined) return [{ kind: 'stray' }, start + 1]
      return [{ kind: 'comment', text: unescape(text.slice(start + 1, end)) }, end + 1]
    }
    case '<':
      return angleToken(text, start, closings)
    case ',':
    case ';':
    case ':':
      return [{ kind: 'separator', text: character }, start + 1]
    case '>':
    case ')':
      return [{ kind: 'stray' }, start + 1]
    default:
      return wordToken(text, start)
  }
}

function wordToken(text: string, start: number): [Token, number] {
  const isLiteral = text[start] === '[' && text[start - 1] === '@'
  const end =
    matchEnd(encodedWord, text, start) ??
    (isLiteral ? matchEnd(domainLiteral, text, start) : undefined) ??
    matchEnd(word, text, start) ??
    start + 1
  return [{ kind: 'word', text: text.slice(start, end) }, end]
}

function quotedToken(text: string, start: number, closings: Closings): [Token, number] {
  const end = closings.quotes(start)
  if (end === undefined) return [{ kind: 'stray' }, start + 1]
  const raw = text.slice(start, end + 1)
  return [{ kind: 'quoted', text: unescape(raw.slice(1, -1)), raw }, end + 1]
}

/** Up to the next `>` outside quotes and comments. One that a second `<` interrupts is stray. */
function angleToken(text: string, start: number, closings: Closings): [Token, number] {
  let position = start + 1
  while (position < text.length) {
    const character = text[position]
    if (character === '>') return [{ kind: 'angle', text: text.slice(start + 1, position) }, position + 1]
    if (character === '<') break
    const closing =
      character === '"'
        ? closings.quotes(position)
        : character === '('
          ? closings.parentheses.get(position)
          : undefined
    position = (closing ?? position) + 1
  }
  return [{ kind: 'stray' }, start + 1]
}

function closingPositions(text: string): Closings {
  let isBroken = false
  function quotes(start: number): number | undefined {
    // Once one quote has no partner, no later one is looked for: that would be quadratic.
    if (isBroken) return undefined
    for (let position = start + 1; position < text.length; position += 1) {
      if (text[position] === '"') return position
      if (text[position] === '\\') position += 1
    }
    isBroken = true
    return undefined
  }
  return { quotes, parentheses: text.includes('(') ? matchingParentheses(text) : new Map<number, number>() }
}

/** Comments nest (RFC 5322 section 3.2.2). */
function matchingParentheses(text: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>()
  const open: number[] = []
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position]
    if (character === '\\') position += 1
    else if (character === '(') open.push(position)
    else if (character === ')') {
      const start = open.pop()
      if (start !== undefined) closings.set(start, position)
    }
  }
  return closings
}

function matchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\s\S])/g, '$1') : text
}
