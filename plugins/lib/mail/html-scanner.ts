import { scanCss } from './css-links'
import { finder } from './finder'
import { withoutEntities } from './html-entities'
import { isLabelCode } from './host-characters'
import type { HtmlHandler, HtmlState } from './html-tokens'
import { readHtml } from './html-tokens'
import { createPlainUrlReader } from './plain-url'
import type { Report } from './scanner'
import { scanPlainText, scanSchemes, scanText } from './scanner'
import type { UrlUse } from './url-scanner'
import { scanUrl } from './url-scanner'
import type { WordJoiner } from './word-joiner'
import { createWordJoiner } from './word-joiner'

export interface HtmlScanner {
  /** Takes the next piece of the text and answers how much of it was used; the rest has to come again. */
  read(html: string, final: boolean): number
}

type AttributeKind = UrlUse | 'srcset' | 'style' | 'content' | 'html' | 'ignored'

const attributeKinds = new Map<string, AttributeKind>([
  ['href', 'link'],
  ['xlink:href', 'link'],
  ['action', 'link'],
  ['formaction', 'link'],
  ['src', 'resource'],
  ['background', 'resource'],
  ['poster', 'resource'],
  ['data', 'resource'],
  ['cite', 'resource'],
  ['longdesc', 'resource'],
  ['usemap', 'resource'],
  ['classid', 'resource'],
  ['codebase', 'resource'],
  ['manifest', 'resource'],
  ['ping', 'srcset'],
  ['srcset', 'srcset'],
  ['imagesrcset', 'srcset'],
  ['lowsrc', 'resource'],
  ['dynsrc', 'resource'],
  ['value', 'resource'],
  ['style', 'style'],
  ['content', 'content'],
  ['srcdoc', 'html'],
  ['xmlns', 'ignored'],
  ['class', 'ignored'],
  ['id', 'ignored'],
])

/** Does the text spell the name at `start`? A comparison in place costs a tenth of a new string. */
function spells(html: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (html.charCodeAt(start + i) !== name.charCodeAt(i)) return false
  }
  return true
}

/** `href` and `src`, as they are nearly always written. */
function isLinkName(html: string, start: number, end: number): boolean {
  return end - start === 4 ? spells(html, start, 'href') : end - start === 3 && spells(html, start, 'src')
}

function isStyleName(html: string, start: number, end: number): boolean {
  return end - start === 5 && spells(html, start, 'style')
}

/** Can the name of an inline element begin so? Tells most others apart. */
function isInlineInitial(code: number): boolean {
  const lower = code | 0x20
  return (
    lower === 0x62 || lower === 0x63 || (lower >= 0x65 && lower <= 0x77 && lower !== 0x68 && lower !== 0x70)
  )
}

function attributeKind(name: string): AttributeKind | undefined {
  const kind = attributeKinds.get(name) ?? attributeKinds.get(name.toLowerCase())
  return kind === undefined && /^xmlns:/i.test(name) ? 'ignored' : kind
}

/** Elements that run on in the line: a host may be split by them, `evil<b>.com</b>`. An `a` is a thing of its own. */
const inline = new Set(
  'b big code em font i ins mark s small span strike strong sub sup u var wbr'.split(' '),
)

/** Pages inside pages are followed so deep. */
const maxDepth = 3

/** Finds the hosts of an HTML text: of links, of what is fetched, of what a reader sees. */
export function createHtmlScanner(report: Report, depth = 0): HtmlScanner {
  const state: HtmlState = { rawTag: '' }
  const words = createWordJoiner(report)

  return {
    read(html, final) {
      const used = readHtml(html, state, final, createHandler(html, report, words, depth))
      if (final) words.end()
      return used
    },
  }
}

function scanHtml(html: string, report: Report, depth: number): void {
  if (depth < maxDepth) createHtmlScanner(report, depth + 1).read(html, true)
  else scanSchemes(html, report)
}

function createHandler(html: string, report: Report, words: WordJoiner, depth: number): HtmlHandler {
  const dots = finder(html, '.')
  const slashes = finder(html, '//')
  const references = finder(html, '&')
  const parentheses = finder(html, '(')
  const brackets = finder(html, '[')
  const braces = finder(html, '{')
  const takePlainUrl = createPlainUrlReader(html, report)
  const isAscii = Buffer.byteLength(html) === html.length // much faster than a look at every character

  const decoded = (start: number, end: number): string => {
    const text = html.slice(start, end)
    return references(start) < end ? withoutEntities(text) : text
  }
  const mayBeDisguised = (start: number, end: number): boolean =>
    !isAscii ||
    references(start) < end ||
    parentheses(start) < end ||
    brackets(start) < end ||
    braces(start) < end
  const mayHoldHost = (start: number, end: number): boolean =>
    holdsDot(start, end) || slashes(start) < end || mayBeDisguised(start, end)
  /** A dot at the end of a sentence does not count. */
  const holdsDot = (start: number, end: number): boolean => {
    let dot = dots(start)
    while (dot < end && !isLabelCode(html.charCodeAt(dot + 1))) dot = dots(dot + 1)
    return dot < end
  }

  return {
    text(start, end) {
      words.text(html, start, end)
      if (end - start < 4) return
      if (mayBeDisguised(start, end)) scanText(decoded(start, end), report)
      else if (holdsDot(start, end) || slashes(start) < end) scanPlainText(html.slice(start, end), report)
    },
    tag(nameStart, nameEnd) {
      if (!words.isTouched()) return
      const mayBeInline = isInlineInitial(html.charCodeAt(nameStart))
      words.tag(mayBeInline && inline.has(html.slice(nameStart, nameEnd).toLowerCase()))
    },
    attribute(nameStart, nameEnd, start, end) {
      if (end - start < 4) return
      // The two that are frequent and mostly simple.
      if (isLinkName(html, nameStart, nameEnd)) {
        const use = nameEnd - nameStart === 4 ? 'link' : 'resource'
        if (!takePlainUrl(start, end)) scanUrl(decoded(start, end), use, report)
      } else if (isStyleName(html, nameStart, nameEnd)) {
        if (parentheses(start) < end || references(start) < end) scanCss(decoded(start, end), report)
      } else if (mayHoldHost(start, end)) {
        scanAttribute(attributeKind(html.slice(nameStart, nameEnd)), decoded(start, end), report, depth)
      }
    },
    comment(start, end) {
      // Outlook shows what stands in <!--[if mso]> … <![endif]-->.
      if (html.startsWith('[if', start))
        scanHtml(html.slice(html.indexOf(']', start) + 2, end), report, depth)
    },
    raw(tag, start, end) {
      scanRaw(tag, html.slice(start, end), report, depth)
    },
  }
}

function scanAttribute(kind: AttributeKind | undefined, value: string, report: Report, depth: number): void {
  switch (kind) {
    case 'ignored':
      return
    case 'link':
    case 'resource':
      scanUrl(value, kind, report)
      return
    case 'style':
      scanCss(value, report)
      return
    case 'html':
      scanHtml(value, report, depth)
      return
    case 'srcset':
      // Candidates stand apart by blanks, with a width or density and a comma behind each.
      for (const url of value.split(/\s+/)) scanUrl(url.replace(/^,+/, ''), 'resource', report)
      return
    case 'content':
    case undefined: {
      const refresh = kind === 'content' ? /\burl\s*=\s*["']?([^"']*)/i.exec(value)?.[1] : undefined
      if (refresh === undefined) scanSchemes(value, report)
      else scanUrl(refresh, 'link', report)
    }
  }
}

function scanRaw(tag: string, content: string, report: Report, depth: number): void {
  if (tag === 'style') scanCss(content, report)
  else if (tag === 'title' || tag === 'textarea') scanText(withoutEntities(content), report)
  else if (tag === 'script' || tag === '') scanSchemes(content, report)
  else scanHtml(content, report, depth)
}
