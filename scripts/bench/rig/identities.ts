/**
 * Names and addresses of the bench by number, so that name servers can answer about them without a table, and a
 * run says with two numbers which of them are new: `n000002s.com` is in a link, `s000002s.com` sends,
 * `mail.h000002s.org` is the client at 20.0.0.100.
 */
const DIGITS = 7

export const digits = (id: number): string => id.toString(36).padStart(DIGITS, '0')
export const linkDomain = (id: number): string => `n${digits(id)}.com`
export const senderDomain = (id: number): string => `s${digits(id)}.com`
export const clientName = (id: number): string => `mail.h${digits(id)}.org`

/** In 20.0.0.0/8, which the bench never leaves the machine with. */
export const clientAddress = (id: number): string =>
  `20.${(id >> 16) & 0xff}.${(id >> 8) & 0xff}.${id & 0xff}`

/** The client of `mail.h000002s.org`. */
export function clientByName(name: string): string | undefined {
  const [, id] = /^mail\.h([0-9a-z]{7})\.org$/.exec(name) ?? []
  return id === undefined ? undefined : clientAddress(Number.parseInt(id, 36))
}

/** The client whose PTR is asked for. */
export function clientByReverseName(name: string): string | undefined {
  const [, d, c, b] = /^(\d+)\.(\d+)\.(\d+)\.20\.in-addr\.arpa$/.exec(name) ?? []
  return d === undefined ? undefined : clientName((Number(b) << 16) | (Number(c) << 8) | Number(d))
}

/** Which numbers a run takes: always new ones, or the same few again and again. */
export type Identities =
  | { readonly kind: 'fresh'; readonly first: number }
  | { readonly kind: 'pool'; readonly first: number; readonly size: number }

/** The number of the `index`th of them. */
export const identity = (identities: Identities, index: number): number =>
  identities.first + (identities.kind === 'pool' ? index % identities.size : index)
