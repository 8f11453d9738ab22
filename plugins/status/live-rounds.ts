import { isDeepStrictEqual } from 'node:util'
import type { Gateway } from '../lib/gateway'
import type { ListView } from '../lib/lists'
import type { NoticeName } from './event-frame'

export interface LiveRoundsOptions {
  readonly gateway: Pick<Gateway, 'lists' | 'settingsState'>
  readonly tell: (name: NoticeName, data: unknown, key?: string) => void
  /** Who hears of the state may ask for it: not more often than this. */
  readonly paceMs: () => number
  readonly beat: () => void
}

const LOOK_MS = 2000
const STATE_MS = 5000
const BEAT_MS = 15_000

/** What nobody tells and has to be looked at, while there is anybody to tell it. */
export function createLiveRounds({ gateway, tell, paceMs, beat }: LiveRoundsOptions) {
  let timers: NodeJS.Timeout[] = []
  let views: ReadonlyMap<string, ListView> = new Map()
  let settings = ''
  let stateToldAt = 0
  const viewsNow = () => new Map(gateway.lists.lists().map((view) => [view.id, view]))
  const settingsNow = (): string => {
    const { version, status } = gateway.settingsState()
    return `${version} ${status.kind}`
  }
  const look = (): void => {
    const before = views
    views = viewsNow()
    for (const [id, view] of views) if (!isDeepStrictEqual(view, before.get(id))) tell('lists', view, id)
    if (settingsNow() === settings) return
    settings = settingsNow()
    const { version, status } = gateway.settingsState()
    tell('settings', { version, kind: status.kind })
  }
  const tellState = (): void => {
    if (performance.now() - stateToldAt < paceMs()) return
    stateToldAt = performance.now()
    tell('state', { time: Date.now(), paceMs: paceMs() })
  }
  return {
    begin(): void {
      views = viewsNow()
      settings = settingsNow()
      timers = [setInterval(look, LOOK_MS), setInterval(tellState, STATE_MS), setInterval(beat, BEAT_MS)]
      for (const timer of timers) timer.unref()
    },
    end(): void {
      for (const timer of timers) clearInterval(timer)
      timers = []
    },
  }
}
