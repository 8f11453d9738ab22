import { withoutDisguise } from './disguises'
import { percentDecoded } from './percent-encoding'
import type { Report } from './scanner'
import { scanAuthority, scanSchemes, scanTail, scanText, skipSlashes } from './scanner'
import { isTopLevel } from './scheme-less'

/** A `link` is followed by a click, and mail clients add the scheme it lacks; a `resource` is fetched as it stands. */
export type UrlUse = 'link' | 'resource'

/** Schemes whose URLs lead to no host. */
const hostless = new Set(['cid', 'mid', 'tel', 'sms', 'about', 'blob', 'news', 'callto', 'urn'])

const webSchemes = new Set(['http', 'https', 'ftp', 'ws', 'wss', 'hxxp', 'hxxps', 'file'])
const codeSchemes = new Set(['javascript', 'vbscript', 'livescript'])
const addressSchemes = new Set(['mailto', 'sip', 'sips', 'xmpp', 'im', 'skype'])

/** Hosts that the URL in an attribute leads to, as a browser or mail client understands it. */
export function scanUrl(value: string, use: UrlUse, report: Report): void {
  const url = withoutIgnored(value)
  // Nearly all of them; the rest is decided by the scheme.
  const plain = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : 0
  if (plain > 0) {
    scanAuthority(url.slice(skipSlashes(url, plain)), report)
    return
  }
  const scheme = /^[a-z][a-z\d+.-]*(?=:)/i.exec(url)?.[0].toLowerCase()
  if (scheme === undefined || isHostWithPort(scheme, url)) scanRelative(url, use, report)
  else scanScheme(scheme, url.slice(scheme.length + 1), report)
}

function scanScheme(scheme: string, rest: string, report: Report): void {
  if (webSchemes.has(scheme)) scanAuthority(withoutUncPort(rest.slice(skipSlashes(rest, 0)), scheme), report)
  else if (addressSchemes.has(scheme)) scanText(percentDecoded(rest.replace(/[?&]/g, ' ')), report)
  else if (scheme === 'data') scanData(rest, report)
  else if (codeSchemes.has(scheme)) scanSchemes(rest, report)
  else if (!hostless.has(scheme)) scanOther(rest, report)
}

/** Browsers drop tabs and line ends anywhere, and blanks and control characters in front (WHATWG URL 4.4). */
function withoutIgnored(value: string): string {
  if (!/[^\u0021-\u007e]|\[/.test(value)) return value
  const url = value.replace(/[\t\n\r]+/g, '')
  let start = 0
  while (url.charCodeAt(start) <= 0x20) start++
  return withoutDisguise(url.slice(start))
}

/** `evil.com:8080/x` looks like a scheme. */
function isHostWithPort(scheme: string, url: string): boolean {
  return scheme.includes('.') && /^:\d/.test(url.slice(scheme.length, scheme.length + 2))
}

function scanRelative(url: string, use: UrlUse, report: Report): void {
  const slashes = skipSlashes(url, 0)
  if (slashes >= 2) {
    scanAuthority(withoutUncPort(url.slice(slashes), ''), report)
  } else if (use === 'link' && slashes === 0 && startsWithHost(url)) {
    scanAuthority(url, report)
  } else {
    scanTail(url, report)
  }
}

function startsWithHost(url: string): boolean {
  const host = /^[^#/:?\\]*/.exec(url)?.[0] ?? ''
  const ending = host.slice(host.lastIndexOf('.') + 1)
  return host.includes('.') && ending.length < 64 && isTopLevel(ending.toLowerCase())
}

/** In `\\host@80\share` and `\\host@SSL\share` the host comes first: it is no user name. */
function withoutUncPort(rest: string, scheme: string): string {
  return scheme === 'file' || scheme === '' ? rest.replace(/^([^@\\/]+)@(?:ssl|\d+)(?=[@\\/])/i, '$1') : rest
}

/** `view-source:https://…`, `intent://…`, `ms-word:ofe|u|https://…` */
function scanOther(rest: string, report: Report): void {
  const slashes = skipSlashes(rest, 0)
  if (slashes >= 2) scanAuthority(rest.slice(slashes), report)
  else scanSchemes(rest, report)
}

/** A page inside the link: what it leads to counts, whatever its type. */
function scanData(rest: string, report: Report): void {
  const comma = rest.indexOf(',')
  if (comma < 0 || /^(?:image\/(?!svg)|font\/|audio\/|video\/)/i.test(rest)) return
  const isBase64 = /;\s*base64\s*$/i.test(rest.slice(0, comma))
  const content = rest.slice(comma + 1)
  scanSchemes(isBase64 ? Buffer.from(percentDecoded(content), 'base64').toString() : content, report)
}
