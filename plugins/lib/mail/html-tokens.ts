/**
 * The tokenizer of the HTML standard (13.2.5) as far as links need it, jumping from delimiter to delimiter with
 * indexOf: on newsletters it is three times as fast as htmlparser2's, which looks at every character, and the tests
 * hold it against that one.
 */
export interface HtmlHandler {
  /** All positions are into the text given to `readHtml`; character references are not decoded. */
  text(start: number, end: number): void
  /** An opening or closing tag with this name is over; the attributes of an opening one came before. */
  tag(nameStart: number, nameEnd: number): void
  attribute(nameStart: number, nameEnd: number, start: number, end: number): void
  comment(start: number, end: number): void
  /** The contents of script, style and other elements that hold no markup. */
  raw(tag: string, start: number, end: number): void
}

/** What carries over from one piece of the text to the next: the element whose contents are no markup. */
export interface HtmlState {
  rawTag: string
}

/** Elements whose contents are no markup (13.1.2); mail clients run no scripts, so noscript is not among them. */
const rawTextElements = new Set([
  'script',
  'style',
  'title',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
])

const incomplete = -1

/**
 * Hands the tokens of `html` to the handler and answers how much of it was used; the rest is an unfinished token and
 * has to come again with more text behind it. With `final` there is no more text and everything is used.
 */
export function readHtml(html: string, state: HtmlState, final: boolean, handler: HtmlHandler): number {
  let at = 0
  while (at < html.length) {
    const from = at
    at =
      state.rawTag === ''
        ? readTextAndMarkup(html, from, state, final, handler)
        : readRaw(html, from, state, final, handler)
    if (at < 0) return unfinished(at)
  }
  return at
}

/** Marks the position of an unfinished token by a negative number, and gives the position back. */
const unfinished = (position: number): number => -1 - position

function readTextAndMarkup(
  html: string,
  from: number,
  state: HtmlState,
  final: boolean,
  handler: HtmlHandler,
): number {
  let start = html.indexOf('<', from)
  while (start >= 0 && !isMarkup(html, start)) {
    if (start + 1 === html.length && !final) return unfinished(from)
    start = html.indexOf('<', start + 1)
  }
  if (start < 0) {
    if (!final) return unfinished(from)
    handler.text(from, html.length)
    return html.length
  }
  if (from < start) handler.text(from, start)
  const end = readMarkup(html, start, state, handler)
  if (end !== incomplete) return end
  if (!final) return unfinished(start)
  handler.raw('', start, html.length)
  return html.length
}

function readRaw(html: string, from: number, state: HtmlState, final: boolean, handler: HtmlHandler): number {
  const end = endOfRaw(html, from, state.rawTag)
  if (end === incomplete && !final) return unfinished(from)
  const limit = end === incomplete ? html.length : end
  handler.raw(state.rawTag, from, limit)
  state.rawTag = ''
  return limit
}

function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** A `<` begins markup only before a letter, `/`, `!` or `?`. */
function isMarkup(html: string, start: number): boolean {
  const code = html.charCodeAt(start + 1)
  return isLetter(code) || code === 0x2f || code === 0x21 || code === 0x3f
}

/** Position after the tag, comment or declaration at `start`. */
function readMarkup(html: string, start: number, state: HtmlState, handler: HtmlHandler): number {
  const code = html.charCodeAt(start + 1)
  if (isLetter(code)) return readTag(html, start + 1, state, handler)
  if (code === 0x2f) {
    const next = html.charCodeAt(start + 2)
    if (isLetter(next)) return readTag(html, start + 2, undefined, handler)
    return Number.isNaN(next) ? incomplete : after(html, '>', start + 2)
  }
  if (code === 0x21 && html.length - start < 9 && !html.includes('>', start)) return incomplete
  if (html.startsWith('<!--', start)) return readComment(html, start + 4, handler)
  // The marker alone is passed over: what stands inside is text in SVG and a comment elsewhere.
  if (html.startsWith('<![CDATA[', start)) return start + 9
  return after(html, '>', start + 2)
}

function after(html: string, delimiter: string, from: number): number {
  const found = html.indexOf(delimiter, from)
  return found < 0 ? incomplete : found + delimiter.length
}

function readComment(html: string, start: number, handler: HtmlHandler): number {
  if (html.startsWith('>', start)) return start + 1
  if (html.startsWith('->', start)) return start + 2
  const end = html.indexOf('--', start)
  for (let dashes = end; dashes >= 0; dashes = html.indexOf('--', dashes + 1)) {
    const bang = html[dashes + 2] === '!' ? 1 : 0
    if (html[dashes + 2 + bang] === '>') {
      handler.comment(start, dashes)
      return dashes + 3 + bang
    }
  }
  return incomplete
}

/** Reads a tag from its name on; `state` only for an opening one, whose contents may be no markup. */
function readTag(html: string, start: number, state: HtmlState | undefined, handler: HtmlHandler): number {
  let nameEnd = start + 1
  while (!endsName(html.charCodeAt(nameEnd))) nameEnd++
  let at = nameEnd
  for (;;) {
    at = skipBetweenAttributes(html, at)
    if (at >= html.length) return incomplete
    if (html.charCodeAt(at) === 0x3e) break
    // Attributes of closing tags mean nothing.
    at = readAttribute(html, at, state === undefined ? undefined : handler)
    if (at === incomplete) return incomplete
  }
  handler.tag(start, nameEnd)
  if (state !== undefined && mayBeRaw(html.charCodeAt(start) | 0x20)) {
    const name = html.slice(start, nameEnd).toLowerCase()
    if (rawTextElements.has(name)) state.rawTag = name
  }
  return at + 1
}

/** Can the name of such an element begin so? Tells most others apart without a look at the name. */
function mayBeRaw(initial: number): boolean {
  return initial === 0x73 || initial === 0x74 || initial === 0x78 || initial === 0x69 || initial === 0x6e
}

function isSpace(code: number): boolean {
  return code <= 0x20
}

/** White space, `/`, `>` or the end of the text. */
function endsName(code: number): boolean {
  return isSpace(code) || code === 0x2f || code === 0x3e || Number.isNaN(code)
}

function skipBetweenAttributes(html: string, from: number): number {
  let at = from
  while (isSpace(html.charCodeAt(at)) || html.charCodeAt(at) === 0x2f) at++
  return at
}

function skipSpace(html: string, from: number): number {
  let at = from
  while (isSpace(html.charCodeAt(at))) at++
  return at
}

function readAttribute(html: string, start: number, handler: HtmlHandler | undefined): number {
  let at = start + 1 // an equals sign in front is part of the name
  for (let code = html.charCodeAt(at); !endsName(code) && code !== 0x3d; code = html.charCodeAt(at)) at++
  const nameEnd = at
  at = skipSpace(html, at)
  if (html.charCodeAt(at) !== 0x3d) return at
  at = skipSpace(html, at + 1)
  const quote = html.charCodeAt(at)
  if (quote === 0x3e) return at
  const quoted = quote === 0x22 || quote === 0x27
  const valueStart = quoted ? at + 1 : at
  const valueEnd = quoted ? html.indexOf(quote === 0x22 ? '"' : "'", valueStart) : endOfUnquoted(html, at)
  if (valueEnd < 0 || valueEnd >= html.length) return incomplete
  handler?.attribute(start, nameEnd, valueStart, valueEnd)
  return quoted ? valueEnd + 1 : valueEnd
}

function endOfUnquoted(html: string, start: number): number {
  let at = start
  for (let code = html.charCodeAt(at); !isSpace(code) && code !== 0x3e && at < html.length;) {
    code = html.charCodeAt(++at)
  }
  return at
}

/** Position of the closing tag `</tag`. */
function endOfRaw(html: string, from: number, tag: string): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    const nameEnd = at + 2 + tag.length
    if (nameEnd >= html.length) return incomplete
    if (isLetter(html.charCodeAt(at + 2)) && endsName(html.charCodeAt(nameEnd))) {
      if (html.slice(at + 2, nameEnd).toLowerCase() === tag) return at
    }
  }
  return incomplete
}
