import { finder } from './finder'
import type { Report } from './scanner'
import { scanRedirector } from './scanner'

/**
 * Takes the URLs that nearly all links are, where they stand in the page: `https://`, a host in lower case, and a tail
 * that cannot hold another. Says whether it was one; everything else goes the long way, which costs ten times as much.
 */
export function createPlainUrlReader(html: string, report: Report): (start: number, end: number) => boolean {
  const dots = finder(html, '.')
  const colons = finder(html, ':')
  const percents = finder(html, '%')
  const references = finder(html, '&')
  const base64 = finder(html, 'HR0c') // aHR0c is how http begins in base64; the a would slow the search down

  return (start, end) => {
    const hostStart = afterScheme(html, start)
    if (hostStart === 0) return false
    let tail = hostStart
    while (tail < end && isPlain(html.charCodeAt(tail))) tail++
    if (tail < end && html.charCodeAt(tail) !== 0x2f && html.charCodeAt(tail) !== 0x3f) return false
    if (percents(tail) < end || colons(tail) < end || base64(tail) < end) return false
    for (let at = references(tail); at < end; at = references(at + 1)) {
      if (!html.startsWith('&amp;', at)) return false
    }
    const host = html.slice(hostStart, tail)
    const rest = html.slice(tail, end)
    // A dot is part of a file name where nothing is assigned.
    if (host.endsWith('.')) return false
    if (dots(tail) < end && /[!'()*,;=[\]|]/.test(rest)) return false
    report(host, 'link')
    scanRedirector(host, rest, report)
    return true
  }
}

function afterScheme(html: string, start: number): number {
  if (html.startsWith('https://', start)) return start + 8
  return html.startsWith('http://', start) ? start + 7 : 0
}

/** Lower case letters, digits, dot and hyphen. */
function isPlain(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x2d && code <= 0x39 && code !== 0x2f)
}
