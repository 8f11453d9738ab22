/** Few networks are no evidence: ten spammers on a quiet day are just that. */
const MIN_LISTED = 20
const MAX_NETWORKS = 1000

/** How much of what a list is asked about it lists, by networks, so that one loud client does not count more. */
export interface Share {
  saw(network: string, isListed: boolean): void
  /** Whether it lists far more than it used to: more than half of what it used to leave alone. */
  hasJumped(): boolean
  /** The list was found well: what was seen is the usual. */
  settle(): void
}

export function createShare(): Share {
  const listed = new Set<string>()
  const clear = new Set<string>()
  let usual = 0
  const now = (): number => listed.size / (listed.size + clear.size)
  const hasJumped = (): boolean => listed.size >= MIN_LISTED && now() > usual + (1 - usual) / 2
  const settle = (): void => {
    if (listed.size + clear.size >= MIN_LISTED) usual = (usual + now()) / 2
    listed.clear()
    clear.clear()
  }
  return {
    saw(network, isListed) {
      ;(isListed ? listed : clear).add(network)
      if (listed.size + clear.size > MAX_NETWORKS && !hasJumped()) settle()
    },
    hasJumped,
    settle,
  }
}
