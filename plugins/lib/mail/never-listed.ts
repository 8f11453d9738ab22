import { isBelow, organisationalDomain } from './domain-name'

/**
 * Names that nearly every message holds and no list of bad domains will ever hold: namespaces, fonts, standards,
 * the large mail providers' own names. Asking about them buys nothing. A name stands for all below it, so hosts
 * where anybody can publish (storage, forms, shorteners) must not be here.
 */
export const neverListed: ReadonlySet<string> = new Set([
  // namespaces and document types
  'w3.org',
  'schemas.microsoft.com',
  'schemas.openxmlformats.org',
  'schemas.xmlsoap.org',
  'ns.adobe.com',
  'purl.org',
  'gmpg.org',
  'schema.org',
  'ogp.me',
  'xml.org',
  'oasis-open.org',
  // fonts and scripts
  'fonts.googleapis.com',
  'fonts.gstatic.com',
  'ajax.googleapis.com',
  'use.typekit.net',
  // standards and software named in messages
  'ietf.org',
  'iana.org',
  'icann.org',
  'mozilla.org',
  'thunderbird.net',
  'gnupg.org',
  'debian.org',
  'kernel.org',
  'python.org',
  'wikipedia.org',
  // addresses at the large mail providers
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'live.com',
  'yahoo.com',
  'icloud.com',
  'gmx.de',
  'gmx.net',
  'web.de',
  't-online.de',
  // profiles in footers
  'linkedin.com',
  'instagram.com',
  'twitter.com',
  'youtube.com',
])

const domains = new Set([...neverListed].map((name) => organisationalDomain(name)))

/** Is the name one of them or below one? Most are told apart by their organisational domain alone. */
export function isNeverListed(name: string, domain: string): boolean {
  return domains.has(domain) && isBelow(name, neverListed)
}
