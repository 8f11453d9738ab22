import type { ArcChain } from './authentication'
import { loadMailauth } from './mailauth'

/** ARC (RFC 8617): what was verified here, signed for those who verify the changed message later. */

export interface SealingKey {
  readonly domain: string
  readonly selector: string
  /** PEM */
  readonly key: string
}

export interface HeaderField {
  readonly name: string
  /** With its folds. */
  readonly value: string
}

/**
 * The three fields of the next set, in the order in which they are put in front of the header.
 * `fields` is the changed header as it will be sent; the body is the one that `chain` was taken from.
 */
export async function createArcSet(
  fields: readonly Buffer[],
  chain: ArcChain,
  authenticationResults: string,
  { domain, selector, key }: SealingKey,
): Promise<HeaderField[]> {
  const { createSeal } = await loadMailauth()
  const { headers } = await createSeal(false, {
    headers: { parsed: fields.map(parsedField) },
    arc: chain.sets,
    seal: {
      i: chain.instance,
      cv: chain.verdict,
      authResults: authenticationResults.replace(/[^\t\r\n\x20-\x7e]/g, '?'),
      signTime: new Date(),
      signingDomain: domain,
      selector,
      privateKey: key,
      bodyHash: chain.bodyHash,
    },
  })
  return headers.toReversed().map((header) => {
    const colon = header.indexOf(':')
    return { name: header.slice(0, colon), value: header.slice(colon + 1).trimStart() }
  })
}

/** A field in mailauth's form. */
function parsedField(field: Buffer) {
  const line = field.toString('latin1').replace(/\r\n$/, '')
  const name = line.slice(0, line.indexOf(':')).trim()
  return { key: name.toLowerCase(), casedKey: name, line: Buffer.from(line, 'latin1') }
}
