import type { Settings } from '../settings/schema'
import type { Health } from './health'
import { createShare, type Share } from './share'
import type { ListState } from './types'

/** Between tests of a list that suddenly lists far more than it used to. */
const MIN_AGE_MS = 10_000

/**
 * Keeps a list that lists everything from refusing everything. Numbers alone do not tell it from an attack, so they
 * decide nothing: a listing counts once the list has passed its test lately, and that test asks for what no list
 * can list. A share that jumps only makes "lately" shorter.
 */
export interface Breaker {
  configure(settings: Settings['breaker']): void
  /** `network`: see Subject. */
  saw(listId: string, network: string, isListed: boolean): void
  /** State of a list that lists something, tested first if it was not lately. */
  prove(listId: string): Promise<ListState>
}

export function createBreaker(health: Pick<Health, 'state' | 'stateTested'>): Breaker {
  const shares = new Map<string, Share>()
  let isOn = true
  let intervalMs = 300_000
  const shareOf = (listId: string): Share => {
    let share = shares.get(listId)
    if (!share) shares.set(listId, (share = createShare()))
    return share
  }
  return {
    configure({ enabled, interval }) {
      isOn = enabled
      intervalMs = interval * 1000
    },
    saw(listId, network, isListed) {
      shareOf(listId).saw(network, isListed)
    },
    async prove(listId) {
      if (!isOn) return health.state(listId)
      const share = shareOf(listId)
      const hasJumped = share.hasJumped()
      const state = await health.stateTested(listId, hasJumped ? MIN_AGE_MS : intervalMs)
      if (hasJumped) share.settle()
      return state
    },
  }
}
