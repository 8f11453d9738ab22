import type { HarakaAddress } from './types'

/** Where mail for a recipient goes instead. The transaction keeps the recipient as the client wrote it. */
export interface Redirect {
  /** `refused`: only when the recipient's own next hop knows no such mailbox. */
  readonly when: 'always' | 'refused'
  readonly to: readonly HarakaAddress[]
}

const redirects = new WeakMap<HarakaAddress, Redirect>()

export function redirectRecipient(recipient: HarakaAddress, redirect: Redirect): void {
  redirects.set(recipient, redirect)
}

export const redirectOf = (recipient: HarakaAddress): Redirect | undefined => redirects.get(recipient)
