import type { HeaderValue } from './content-type'
import { parseHeaderValue } from './content-type'
import type { TextPartKind } from './text-part'
import type { TransferEncoding } from './transfer-encoding'

/** The header fields of a part that say what it is, as they are written. */
export interface PartFields {
  readonly contentType: string
  readonly transferEncoding: string
  readonly disposition: string
}

/** What to do with a part. */
export type PartKind =
  | {
      readonly kind: 'multipart'
      /** Undefined when the header names none: then the first line that looks like one is it. */
      readonly boundary: string | undefined
      readonly isDigest: boolean
    }
  | { readonly kind: 'message'; readonly encoding: TransferEncoding }
  | { readonly kind: 'text'; readonly text: TextPartKind }
  | { readonly kind: 'other' }

const htmlTypes = new Set([
  'text/html',
  'text/xml',
  'text/x-amp-html',
  'application/xhtml+xml',
  'application/xml',
  'image/svg+xml',
])
const textApplications = new Set([
  'application/ics',
  'application/javascript',
  'application/json',
  'application/x-javascript',
])
const foldedTypes = new Set([
  'text/calendar',
  'text/vcard',
  'text/x-vcard',
  'application/ics',
  'text/directory',
])

/** RFC 2045 section 5.2: what says nothing, or nothing readable, is plain text. */
export function partKind(fields: PartFields, defaultType: string): PartKind {
  const type = parseHeaderValue(fields.contentType)
  const disposition = parseHeaderValue(fields.disposition)
  const value = type.value.includes('/') ? type.value : defaultType
  const encoding = transferEncoding(fields.transferEncoding)
  if (value.startsWith('multipart/')) {
    const boundary = type.parameters.get('boundary')?.trimEnd()
    return {
      kind: 'multipart',
      boundary: boundary === '' ? undefined : boundary,
      isDigest: value.endsWith('/digest'),
    }
  }
  const name = (disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '').toLowerCase()
  if (/^message\/(?:rfc822|global|news)$/.test(value) || name.endsWith('.eml'))
    return { kind: 'message', encoding }
  const format = textFormat(value, name)
  if (format === undefined) return { kind: 'other' }
  const text = {
    format,
    isFolded: foldedTypes.has(value) || /\.(?:ics|vcf)$/.test(name),
    encoding,
    charset: charsetOf(type),
    isAttachment: disposition.value === 'attachment',
  }
  return { kind: 'text', text }
}

/** A file that opens in a browser is HTML, whatever its type says: attached pages are a favourite of phishers. */
function textFormat(type: string, fileName: string): 'plain' | 'html' | undefined {
  if (htmlTypes.has(type) || /\.(?:x?html?|shtml|svg|xml)$/.test(fileName)) return 'html'
  if (type.startsWith('text/') || type.startsWith('message/') || textApplications.has(type)) return 'plain'
  return /\.(?:txt|csv|ics|vcf|url)$/.test(fileName) ? 'plain' : undefined
}

function charsetOf(type: HeaderValue): string {
  return type.parameters.get('charset') ?? ''
}

function transferEncoding(text: string): TransferEncoding {
  const { value } = parseHeaderValue(text)
  return value === 'base64' || value === 'quoted-printable' ? value : 'identity'
}
