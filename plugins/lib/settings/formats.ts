import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Forms of values in the settings. Names are judged as an operator writes them: any case, IDN allowed. */

export function isAddress(text: string): boolean {
  return isIP(text) !== 0
}

export function isIpOrCidr(text: string): boolean {
  return isAddress(text) || ipaddr.isValidCIDR(text)
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`. */
export function isDnsServer(text: string): boolean {
  if (isAddress(text)) return true
  const [, v6, v4, port = '53'] = /^(?:\[([^\]]*)\]|([^:[]*)(?=:))(?::(\d{1,5}))?$/.exec(text) ?? []
  const isHost = v6 === undefined ? isIP(v4 ?? '') === 4 : isIP(v6) === 6
  return isHost && Number(port) > 0 && Number(port) < 65_536
}

/** A hostname or domain of at least one label (RFC 1123, IDN as U-labels or A-labels). */
export function isHostname(text: string): boolean {
  if (text.length > 253 || isAddress(text)) return false
  return text
    .split('.')
    .every((label) => /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]{0,61}[\p{L}\p{M}\p{N}_])?$/u.test(label))
}

/** A hostname, or `.domain` for everything below that domain. */
export function isDomainPattern(text: string): boolean {
  return isHostname(text.startsWith('.') ? text.slice(1) : text)
}

/** A plain address, local part and domain, as settings hold them (RFC 5321 Mailbox without quoting). */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && /^[^\s<>"(),:;@[\\\]]+$/.test(text.slice(0, at)) && isHostname(text.slice(at + 1))
}

/** Where a page is: http or https, without anything that belongs to one visit. */
export function isPageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

/** A name that people sign in with. */
export function isUserName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._+@-]{0,63}$/u.test(text)
}
