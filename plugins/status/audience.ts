import type { Frame } from './event-frame'

/** `brief`: that there was mail, and how much; `full`: each message too. */
export type Interest = 'brief' | 'full'

/** Somebody who looks on. */
export interface Spectator {
  readonly interest: Interest
  write(chunk: Buffer): void
  /** Every now and then, so that proxies and the session are looked after. */
  beat(): void
}

/** All who look on in this process. What they cost is bounded: the more they are, the less often they hear. */
export interface Audience {
  /** False when there are too many. */
  readonly add: (spectator: Spectator) => boolean
  readonly remove: (spectator: Spectator) => void
  readonly clear: () => void
  readonly isEmpty: () => boolean
  /** The most that anybody wants; undefined when nobody is there. */
  readonly interest: () => Interest | undefined
  /** Between two frames. */
  readonly intervalMs: () => number
  /** Of one frame. */
  readonly maxBytes: () => number
  /** How often each may ask the API because of what it heard: so often that all together do no harm. */
  readonly paceMs: () => number
  readonly show: (frame: Frame) => void
  readonly beat: () => void
}

const MAX_SPECTATORS = 1200
/** One write is 20 to 35 microseconds, the kernel included: less than half a hundredth of a core. */
const WRITES_PER_SECOND = 125
/** Copied for each of them. */
const BYTES_PER_SECOND = 2_000_000
const MAX_BYTES = 65_536
/** An answer of the API is a millisecond or so. */
const ASKED_PER_SECOND = 20
const MIN_INTERVAL_MS = 250
/** Between them mail has its turn. */
const WRITES_AT_ONCE = 50

export function createAudience(): Audience {
  const spectators = new Set<Spectator>()
  const each = (act: (spectator: Spectator) => void): void => {
    inSlices([...spectators], (spectator) => {
      if (spectators.has(spectator)) act(spectator)
    })
  }
  const perSecond = (most: number): number => (spectators.size * 1000) / most
  const intervalMs = (): number => Math.max(MIN_INTERVAL_MS, perSecond(WRITES_PER_SECOND))
  return {
    add(spectator) {
      if (spectators.size >= MAX_SPECTATORS) return false
      spectators.add(spectator)
      return true
    },
    remove: (spectator) => void spectators.delete(spectator),
    clear() {
      spectators.clear()
    },
    isEmpty: () => spectators.size === 0,
    interest() {
      if (spectators.size === 0) return undefined
      for (const { interest } of spectators) if (interest === 'full') return 'full'
      return 'brief'
    },
    intervalMs,
    maxBytes: () => Math.min(MAX_BYTES, (BYTES_PER_SECOND * intervalMs()) / 1000 / spectators.size),
    paceMs: () => perSecond(ASKED_PER_SECOND),
    show(frame) {
      each((spectator) => {
        spectator.write(frame[spectator.interest])
      })
    },
    beat() {
      each((spectator) => {
        spectator.beat()
      })
    },
  }
}

function inSlices<Item>(items: readonly Item[], act: (item: Item) => void): void {
  for (const item of items.slice(0, WRITES_AT_ONCE)) act(item)
  if (items.length > WRITES_AT_ONCE) setImmediate(inSlices, items.slice(WRITES_AT_ONCE), act)
}
