import { isDeepStrictEqual } from 'node:util'
import type { Gateway } from '../lib/gateway'
import type { ListView } from '../lib/lists'
import { withId } from './record-id'

export type EventName = 'message' | 'delivery' | 'lists' | 'settings' | 'state'

/** Somebody who looks on. */
export interface Spectator {
  write(chunk: Buffer): void
  /** Between events, so that proxies and the session are looked after. */
  beat(): void
}

/**
 * What happens in all processes, for those who look on here. Nothing is put into words for nobody: a process says what
 * happens only while it knows of somebody, here or in another process.
 */
export interface LiveEvents {
  /** False when there are too many. */
  add(spectator: Spectator): boolean
  remove(spectator: Spectator): void
  close(): void
}

interface LiveEvent {
  readonly name: EventName
  /** JSON. */
  readonly data: string
}

interface Watching {
  readonly pid: number
  readonly isWatching: boolean
}

const EVENTS = 'live-events'
const WATCHING = 'live-watching'
const WHO_WATCHES = 'live-who-watches'

const MAX_SPECTATORS = 1200
/** Events go out together: many small writes to many spectators would cost more than what they tell. */
const FLUSH_MS = 250
/** Of one process in that time: nobody reads more than this, and mail goes first. */
const MAX_EVENTS = 25
const LOOK_MS = 2000
const STATE_MS = 5000
const BEAT_MS = 15_000
const SAY_WATCHING_MS = 10_000
const BELIEVE_WATCHING_MS = 30_000

export function createLiveEvents(gateway: Gateway): LiveEvents {
  const { bus } = gateway
  const spectators = new Set<Spectator>()
  const others = createOthers(gateway, () => spectators.size > 0)
  let pending: LiveEvent[] = []
  let timer: NodeJS.Timeout | undefined

  const show = (events: readonly LiveEvent[]): void => {
    if (spectators.size === 0 || events.length === 0) return
    // Once for all of them.
    const chunk = Buffer.from(events.map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`).join(''))
    for (const spectator of spectators) spectator.write(chunk)
  }
  const flush = (): void => {
    timer = undefined
    const events = pending
    pending = []
    show(events)
    if (others.areWatching()) bus.publish(EVENTS, events)
  }
  gateway.journal.onEntry((entry) => {
    if (spectators.size === 0 && !others.areWatching()) return
    timer ??= setTimeout(flush, FLUSH_MS).unref()
    if (pending.length >= MAX_EVENTS) return
    pending.push(
      entry.kind === 'record'
        ? { name: 'message', data: JSON.stringify(withId(entry.record)) }
        : { name: 'delivery', data: JSON.stringify({ id: entry.transaction, ...entry.event }) },
    )
  })
  bus.subscribe(EVENTS, (events) => {
    show(events as readonly LiveEvent[])
  })
  const rounds = createRounds(gateway, spectators, (name, data) => {
    show([{ name, data: JSON.stringify(data) }])
  })
  return {
    add(spectator) {
      if (spectators.size >= MAX_SPECTATORS) return false
      spectators.add(spectator)
      if (spectators.size === 1) {
        others.tell()
        rounds.begin()
      }
      return true
    },
    remove(spectator) {
      if (!spectators.delete(spectator) || spectators.size > 0) return
      others.tell()
      rounds.end()
    },
    close() {
      others.close()
      clearTimeout(timer)
      rounds.end()
      spectators.clear()
    },
  }
}

/** Other processes in which somebody looks on; one that died without a word is forgotten after a while. */
function createOthers({ bus }: Gateway, isWatching: () => boolean) {
  const until = new Map<number, number>()
  const tell = (): void => {
    bus.publish(WATCHING, { pid: process.pid, isWatching: isWatching() } satisfies Watching)
  }
  const tellIfWatching = (): void => {
    if (isWatching()) tell()
  }
  bus.subscribe(WATCHING, (data) => {
    const watching = data as Watching
    if (watching.isWatching) until.set(watching.pid, performance.now() + BELIEVE_WATCHING_MS)
    else until.delete(watching.pid)
  })
  bus.subscribe(WHO_WATCHES, tellIfWatching)
  bus.publish(WHO_WATCHES, {})
  const telling = setInterval(tellIfWatching, SAY_WATCHING_MS).unref()
  return {
    tell,
    areWatching(): boolean {
      for (const [pid, at] of until) if (at < performance.now()) until.delete(pid)
      return until.size > 0
    },
    close(): void {
      clearInterval(telling)
    },
  }
}

/** What nobody tells and has to be looked at, while there is anybody to tell it. */
function createRounds(
  gateway: Gateway,
  spectators: ReadonlySet<Spectator>,
  tell: (name: EventName, data: unknown) => void,
) {
  let timers: NodeJS.Timeout[] = []
  let views: ReadonlyMap<string, ListView> = new Map()
  let settings = ''
  const viewsNow = () => new Map(gateway.lists.lists().map((view) => [view.id, view]))
  const settingsNow = (): string => {
    const { version, status } = gateway.settingsState()
    return `${version} ${status.kind}`
  }
  const look = (): void => {
    const before = views
    views = viewsNow()
    for (const [id, view] of views) if (!isDeepStrictEqual(view, before.get(id))) tell('lists', view)
    if (settingsNow() === settings) return
    settings = settingsNow()
    const { version, status } = gateway.settingsState()
    tell('settings', { version, kind: status.kind })
  }
  return {
    begin(): void {
      views = viewsNow()
      settings = settingsNow()
      timers = [
        setInterval(look, LOOK_MS),
        setInterval(() => {
          tell('state', { time: Date.now() })
        }, STATE_MS),
        setInterval(() => {
          for (const spectator of spectators) spectator.beat()
        }, BEAT_MS),
      ].map((timer) => timer.unref())
    },
    end(): void {
      for (const timer of timers) clearInterval(timer)
      timers = []
    },
  }
}
