import { Address } from '@haraka/email-address'
import type { HarakaAddress } from './types'

/** An envelope address from `local@domain` as settings hold it. */
export function parseAddress(text: string): HarakaAddress {
  return new Address(`<${text}>`)
}

/** `local@domain` as it was written, quotes included; empty for the null sender. */
export const bare = (address: HarakaAddress): string => address.format().slice(1, -1)

/** Equal for addresses of one mailbox: the case of a domain says nothing, that of a local part may. */
export const mailboxKey = (address: HarakaAddress): string =>
  `${address.user}@${(address.host ?? '').toLowerCase()}`
