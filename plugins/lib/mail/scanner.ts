import { withoutDisguise } from './disguises'
import { finder } from './finder'
import { hostEnd, hostStart, isLabelCode, piecesBetweenWords } from './host-characters'
import { percentDecoded } from './percent-encoding'
import { redirectedHost } from './redirectors'
import { isProse, isTitleCase, isTopLevel } from './scheme-less'

/** How a host was written; `link` is what a click opens. */
export type Source = 'link' | 'text' | 'address'

/** Told every host as it is written, repeats included; what it is worth is for the caller to say. */
export type Report = (host: string, source: Source) => void

/**
 * Hosts in running text: `https://…` with any scheme, `evil.com/x` with a known top-level domain, addresses.
 *
 * One pass from dot to dot and colon to colon; each character is looked at a bounded number of times, whatever
 * the text (growing from every dot without a floor is quadratic on `a.a.a.`).
 */
export function scanText(text: string, report: Report): void {
  scanPlainText(withoutDisguise(text), report)
}

/** The same for text without any disguise: ASCII without brackets. */
export function scanPlainText(text: string, report: Report): void {
  scan(text, report, takeName)
}

/** Only what has a scheme: for style sheets, scripts and attributes that are no links by themselves. */
export function scanSchemes(text: string, report: Report): void {
  scan(withoutDisguise(text), report, (_text, dot) => dot + 1)
  scanEscapes(text, report)
}

/** What happens at a dot; answers the position to go on from. */
type TakeName = (text: string, dot: number, floor: number, report: Report) => number

function scan(text: string, report: Report, take: TakeName): void {
  const dots = finder(text, '.')
  const colons = finder(text, ':')
  let floor = 0
  for (;;) {
    const dot = dots(floor)
    const colon = colons(floor)
    if (dot < colon) floor = take(text, dot, floor, report)
    else if (colon < Infinity) floor = takeUrl(text, colon, floor, report)
    else return
  }
}

const urlEnd = /[\s"<>^`{|}]/g

function endOfUrl(text: string, from: number): number {
  urlEnd.lastIndex = from
  return urlEnd.exec(text)?.index ?? text.length
}

const webScheme = /(?:h..ps?|ftp)$/i

/** `://`, and with a scheme of the web also `:/` and `:\`, as browsers put up with. */
function takeUrl(text: string, colon: number, floor: number, report: Report): number {
  const start = skipSlashes(text, colon + 1)
  if (start === colon + 1) return colon + 1
  if (start === colon + 2 && !webScheme.test(text.slice(Math.max(floor, colon - 5), colon))) return colon + 1
  const limit = endOfUrl(text, start)
  scanAuthority(text.slice(start, limit), report)
  return limit
}

export function skipSlashes(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x2f || text.charCodeAt(at) === 0x5c) at++
  return at
}

/** What follows the slashes of a URL: `user@host:port/path?query`. Reports the host and those nested behind it. */
export function scanAuthority(rest: string, report: Report): void {
  const { host, end } = authority(rest, 0, false)
  reportHost(host, 'link', report)
  const tail = rest.slice(end)
  scanRedirector(host, tail, report)
  scanTail(tail, report)
}

export function scanRedirector(host: string, tail: string, report: Report): void {
  const target = redirectedHost(host, tail)
  if (target !== undefined) reportHost(target, 'link', report)
}

interface Authority {
  readonly host: string
  /** Position after the host. */
  readonly end: number
}

/** Ends an authority: `/`, `?`, `#`, and `\` for browsers; `&` where it is part of a query. */
function isDelimiter(code: number, inQuery: boolean): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23 || code === 0x5c || (inQuery && code === 0x26)
}

function authority(text: string, from: number, inQuery: boolean): Authority {
  let start = from
  let limit = from
  for (; limit < text.length; limit++) {
    const code = text.charCodeAt(limit)
    if (code === 0x40) start = limit + 1
    else if (isDelimiter(code, inQuery)) break
  }
  if (text.charCodeAt(start) === 0x5b) {
    const bracket = text.slice(start, Math.min(limit, start + 60)).indexOf(']') + 1
    if (bracket > 0) return { host: text.slice(start, start + bracket), end: start + bracket }
  }
  let end = hostEnd(text, start, limit)
  while (end < limit && text.charCodeAt(end) === 0x25) end = hostEnd(text, end + 1, limit)
  return { host: text.slice(start, end), end }
}

/** A path and query can hold other links, as redirectors do: `?u=https%3A%2F%2Fevil.com`. */
export function scanTail(tail: string, report: Report): void {
  if (!/[%.:]|aHR0c/.test(tail)) return
  scanNested(tail, report)
  scanEscapes(tail, report)
}

/** Encodings on top of each other that somebody undoes on the way. */
const maxEncodings = 3

function scanEscapes(text: string, report: Report): void {
  let level = text
  for (let depth = 0; depth < maxEncodings && level.includes('%'); depth++) {
    const decoded = percentDecoded(level)
    if (decoded === level) break
    level = decoded
    scanNested(level, report)
  }
  scanBase64(level, report)
}

/** `aHR0c` is how `http` begins in base64; trackers carry their targets so. */
function scanBase64(text: string, report: Report): void {
  if (!text.includes('aHR0c')) return
  for (const [encoded] of text.matchAll(/aHR0c[\w+/-]{8,}/g)) {
    scanNested(Buffer.from(encoded, 'base64').toString('latin1'), report)
  }
}

function scanNested(text: string, report: Report): void {
  const colons = finder(text, ':')
  const dots = finder(text, '.')
  let floor = 0
  for (;;) {
    const dot = dots(floor)
    const colon = colons(floor)
    if (dot < colon) {
      floor = takeParameter(text, dot, floor, report)
    } else if (colon < Infinity) {
      const start = skipSlashes(text, colon + 1)
      if (start === colon + 1) {
        floor = start
        continue
      }
      const { host, end } = authority(text, start, true)
      reportHost(host, 'link', report)
      floor = end
    } else {
      return
    }
  }
}

/** A host without a scheme counts in a tail only as a whole value: `?u=evil.com`, not `/main.js`. */
function takeParameter(text: string, dot: number, floor: number, report: Report): number {
  if (!isLabelCode(text.charCodeAt(dot + 1))) return dot + 1
  const start = hostStart(text, dot, floor)
  const end = hostEnd(text, dot + 1, text.length)
  if (start > 0 && '=,;|:!*\'"()[]'.includes(text.charAt(start - 1)) && text[end] !== '@') {
    reportName(text.slice(start, end), 'text', report)
  }
  return end
}

/** A host in running text, around a dot. */
function takeName(text: string, dot: number, floor: number, report: Report): number {
  if (!isLabelCode(text.charCodeAt(dot + 1))) return dot + 1
  let start = hostStart(text, dot, floor)
  const end = hostEnd(text, dot + 1, text.length)
  if (start === dot) return dot + 1
  // Before an @ it is the local part of an address; its domain comes next.
  if (text[end] === '@') return end
  const before = text.charAt(start - 1)
  if (before === '%') start = afterEscape(text, start, end)
  if ((before === '/' || before === '\\') && !opensHost(text, start)) return end
  const followed = opensTail(text, end)
  const source = before === '@' ? 'address' : 'text'
  if (!reportName(text.slice(start, end), source, report, followed && text[end] !== ':') || !followed)
    return end
  const limit = endOfUrl(text, end)
  scanTail(text.slice(end, limit), report)
  return limit
}

/** `/`, or `:`, `?` and `#` with something behind: the host goes on as a URL. */
function opensTail(text: string, end: number): boolean {
  const code = text.charCodeAt(end)
  return (
    code === 0x2f ||
    ((code === 0x3a || code === 0x3f || code === 0x23) && isLabelCode(text.charCodeAt(end + 1)))
  )
}

/** In `%2Fevil.com` and `%252Fevil.com` the escape is no part of the host. */
function afterEscape(text: string, start: number, end: number): number {
  const escape = /^(?:25)*[0-9a-f]{2}/i.exec(text.slice(start, Math.min(end, start + 12)))
  return start + (escape?.[0].length ?? 0)
}

/** After a slash stands a path, but for `//evil.com`, `\\evil.com` and `www.` */
function opensHost(text: string, start: number): boolean {
  if (/^www\./i.test(text.slice(start, start + 4))) return true
  const before = text.slice(Math.max(0, start - 3), start)
  return /^[\s"'(]?(?:\/\/|\\\\)$/.test(before) && (before.length === 3 || start === 2)
}

/** Reports a host without a scheme if it is one; says whether. */
function reportName(run: string, source: Source, report: Report, followedByPath = false): boolean {
  const host = trimmed(run)
  const isName = source === 'address' || followedByPath ? hasTopLevel(host) : isNameInProse(host)
  if (isName) report(host, source)
  return (mayHavePieces(host) && reportPieces(host, isName, source, report)) || isName
}

/** A host behind a scheme or in a link: reported whatever it looks like. */
function reportHost(run: string, source: Source, report: Report): void {
  const host = trimmed(run)
  if (host === '') return
  report(host, source)
  if (mayHavePieces(host)) reportPieces(host, hasTopLevel(host), source, report)
}

/** Lower case ASCII, as hosts are nearly always written, has none. */
function mayHavePieces(host: string): boolean {
  return /[^\w.%-]|[A-Z]/.test(host)
}

/** Longer runs without any punctuation nobody writes. */
const longestRun = 2000

/** The pieces between words of a script without spaces, and `evil.com` of `evil.com.Visit`. */
function reportPieces(run: string, isName: boolean, source: Source, report: Report): boolean {
  if (run.length > longestRun) return false
  const last = run.lastIndexOf('.')
  const joined = !isName && last > 0 && isTitleCase(run, last + 1) ? [run.slice(0, last)] : []
  const pieces = [...joined, ...piecesBetweenWords(run)].map(trimmed).filter(isNameInProse)
  for (const piece of pieces) report(piece, source)
  return pieces.length > 0
}

/** Without dots, hyphens and underscores at the ends: they are punctuation there. */
function trimmed(run: string): string {
  let start = 0
  let end = run.length
  while (start < end && isPunctuation(run.charCodeAt(start))) start++
  while (end > start && isPunctuation(run.charCodeAt(end - 1))) end--
  return run.slice(start, end)
}

function isPunctuation(code: number): boolean {
  return code === 0x2e || code === 0x2d || code === 0x5f
}

/** The last label in lower case; empty when there is only one. */
function lastLabel(host: string): string {
  const dot = host.lastIndexOf('.')
  return dot > 0 ? host.slice(dot + 1).toLowerCase() : ''
}

function hasTopLevel(host: string): boolean {
  return isTopLevel(lastLabel(host))
}

function isNameInProse(host: string): boolean {
  const topLevel = lastLabel(host)
  return isTopLevel(topLevel) && !isProse(host, topLevel)
}
