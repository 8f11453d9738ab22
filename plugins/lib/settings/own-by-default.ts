/** Settings that belong to one gateway of a fleet: where it listens, and where people reach its page. */
export const OWN_BY_DEFAULT: readonly string[] = ['listen.address', 'status.public_url']
