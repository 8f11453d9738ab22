import type { Bus } from '../lib/haraka/bus'
import type { Interest } from './audience'

/** Whether somebody looks on in other processes; one that died without a word is forgotten after a while. */
export interface OtherAudiences {
  /** To be called when it has changed here. */
  tell(): void
  interest(): Interest | undefined
  close(): void
}

interface Watching {
  readonly pid: number
  readonly interest: Interest | null
}

const WATCHING = 'live-watching'
const WHO_WATCHES = 'live-who-watches'
const SAY_MS = 10_000
const BELIEVE_MS = 30_000

export function createOtherAudiences(bus: Bus, own: () => Interest | undefined): OtherAudiences {
  const others = new Map<number, { readonly interest: Interest; readonly until: number }>()
  const tell = (): void => {
    bus.publish(WATCHING, { pid: process.pid, interest: own() ?? null } satisfies Watching)
  }
  const tellIfWatching = (): void => {
    if (own() !== undefined) tell()
  }
  bus.subscribe(WATCHING, (data) => {
    const { pid, interest } = data as Watching
    if (interest === null) others.delete(pid)
    else others.set(pid, { interest, until: performance.now() + BELIEVE_MS })
  })
  bus.subscribe(WHO_WATCHES, tellIfWatching)
  bus.publish(WHO_WATCHES, {})
  const telling = setInterval(tellIfWatching, SAY_MS).unref()
  return {
    tell,
    interest() {
      const now = performance.now()
      for (const [pid, { until }] of others) if (until < now) others.delete(pid)
      if (others.size === 0) return undefined
      return [...others.values()].some(({ interest }) => interest === 'full') ? 'full' : 'brief'
    },
    close() {
      clearInterval(telling)
    },
  }
}
