import { scanCss } from './css-links'
import { finder } from './finder'
import { withoutEntities } from './html-entities'
import type { HtmlHandler, HtmlState } from './html-tokens'
import { readHtml } from './html-tokens'
import type { Report } from './scanner'
import { scanSchemes, scanText } from './scanner'
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
  ['style', 'style'],
  ['content', 'content'],
  ['srcdoc', 'html'],
  ['xmlns', 'ignored'],
  ['class', 'ignored'],
  ['id', 'ignored'],
])

/** Elements that run on in the line: a host may be split by them, `evil<b>.com</b>`. An `a` is a thing of its own. */
const inline = new Set(
  'b big code em font i ins mark s small span strike strong sub sup tt u var wbr'.split(' '),
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
  const colons = finder(html, ':')
  const references = finder(html, '&')
  const parentheses = finder(html, '(')
  // eslint-disable-next-line no-control-regex -- everything that is not ASCII
  const isAscii = !/[^\x00-\x7f]/.test(html)
  const decoded = (start: number, end: number): string => {
    const text = html.slice(start, end)
    return references(start) < end ? withoutEntities(text) : text
  }
  const mayHoldHost = (start: number, end: number): boolean =>
    dots(start) < end ||
    colons(start) < end ||
    references(start) < end ||
    parentheses(start) < end ||
    !isAscii

  return {
    text(start, end) {
      const text = decoded(start, end)
      words.text(text)
      if (mayHoldHost(start, end)) scanText(text, report)
    },
    tag(name) {
      if (!inline.has(name)) words.end()
    },
    attribute(tag, name, start, end) {
      if (end - start < 4) return
      const key = name.toLowerCase()
      const kind = tag === 'param' && key === 'value' ? 'resource' : attributeKinds.get(key)
      if (kind === 'link' || kind === 'resource') scanUrl(decoded(start, end), kind, report)
      else if (kind === 'style') {
        if (parentheses(start) < end || references(start) < end) scanCss(decoded(start, end), report)
      } else if (kind !== 'ignored' && !key.startsWith('xmlns:')) {
        if (mayHoldHost(start, end)) scanAttribute(kind, decoded(start, end), report, depth)
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

/** Attributes whose value is no plain URL. */
function scanAttribute(
  kind: 'srcset' | 'content' | 'html' | undefined,
  value: string,
  report: Report,
  depth: number,
): void {
  if (kind === 'html') {
    scanHtml(value, report, depth)
  } else if (kind === 'srcset') {
    // Candidates stand apart by blanks, with a width or density and a comma behind each.
    for (const url of value.split(/[\s,]*\s[\s,]*/)) scanUrl(url.replace(/^,+/, ''), 'resource', report)
  } else {
    const refresh = kind === 'content' ? /\burl\s*=\s*["']?([^"']*)/i.exec(value)?.[1] : undefined
    if (refresh === undefined) scanSchemes(value, report)
    else scanUrl(refresh, 'link', report)
  }
}

function scanRaw(tag: string, content: string, report: Report, depth: number): void {
  if (tag === 'style') scanCss(content, report)
  else if (tag === 'title' || tag === 'textarea') scanText(withoutEntities(content), report)
  else if (tag === 'script' || tag === '') scanSchemes(content, report)
  else scanHtml(content, report, depth)
}
