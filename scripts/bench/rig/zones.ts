/** The lists of the bench: as many entries as real ones have, of which a bench's mail meets none. */
export const ENTRIES = 100_000
export const TTL_SECONDS = 3600
export const LISTS_DOMAIN = 'lists.net'

export const ipZones: readonly string[] = [1, 2, 3, 4].map((number) => `ip${number}.${LISTS_DOMAIN}`)
export const nameZones: readonly string[] = [1, 2, 3, 4].map((number) => `name${number}.${LISTS_DOMAIN}`)
export const senderPolicy = 'v=spf1 ip4:20.0.0.0/8 -all'

/** 127.0.0.2 is in every list of addresses (RFC 5782 section 5). */
export const listedAddresses = (entries: number): readonly string[] => [
  '127.0.0.2',
  ...Array.from({ length: entries }, (_, id) => `60.${(id >> 16) & 0xff}.${(id >> 8) & 0xff}.${id & 0xff}`),
]

/** `test` is in every list of names. */
export const listedNames = (entries: number): readonly string[] => [
  'test',
  ...Array.from({ length: entries }, (_, id) => `x${id.toString(36).padStart(7, '0')}.com`),
]
