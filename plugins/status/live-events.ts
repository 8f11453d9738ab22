import type { Gateway } from '../lib/gateway'
import type { JournalEntry } from '../lib/journal/journal'
import { createAudience, type Interest, type Spectator } from './audience'
import { createFrameMaker, MAX_MAIL_EVENTS, type MailEvent } from './event-frame'
import { createLiveRounds } from './live-rounds'
import { createNewsBag, type MailNews } from './mail-news'
import { createOtherAudiences } from './other-audiences'
import { withId } from './record-id'

/**
 * What happens in all processes, for those who look on here. Mail must not feel them: a process says what happens only
 * while it knows of somebody, here or in another process; it is put into words once, and told to all at once.
 */
export interface LiveEvents {
  /** False when there are too many. */
  add(spectator: Spectator): boolean
  remove(spectator: Spectator): void
  close(): void
}

const NEWS = 'live-news'
/** What happens in it is told together, to whichever process. */
const GATHER_MS = 250

export function createLiveEvents(
  gateway: Pick<Gateway, 'bus' | 'journal' | 'lists' | 'settingsState'>,
  audience = createAudience(),
): LiveEvents {
  const { bus } = gateway
  const frame = createFrameMaker()
  const news = createNewsBag<JournalEntry>(MAX_MAIL_EVENTS)
  const others = createOtherAudiences(bus, audience.interest)
  let gathering: NodeJS.Timeout | undefined
  let showing: NodeJS.Timeout | undefined
  let shownAt = 0

  const show = (): void => {
    showing = undefined
    shownAt = performance.now()
    audience.show(frame.take(audience.paceMs(), Date.now()))
  }
  const showSoon = (): void => {
    if (audience.isEmpty()) return
    showing ??= setTimeout(show, Math.max(0, shownAt + audience.intervalMs() - performance.now())).unref()
  }
  const takeNews = (told: MailNews<MailEvent>): void => {
    if (audience.isEmpty()) return
    frame.addMail(told)
    showSoon()
  }
  const tellNews = (): void => {
    gathering = undefined
    const own = news.take()
    const elsewhere = others.interest()
    const told = own.events.map(asMailEvent)
    takeNews({ ...own, events: told })
    if (elsewhere !== undefined) bus.publish(NEWS, { ...own, events: elsewhere === 'full' ? told : [] })
  }
  gateway.journal.onEntry((entry) => {
    const interest = mostOf(audience.interest(), others.interest())
    if (interest === undefined) return
    const isMessage = entry.kind === 'record'
    news.add({
      messages: isMessage ? 1 : 0,
      deliveries: isMessage ? 0 : 1,
      events: interest === 'full' ? [entry] : [],
    })
    gathering ??= setTimeout(tellNews, GATHER_MS).unref()
  })
  bus.subscribe(NEWS, (told) => {
    takeNews(told as MailNews<MailEvent>)
  })
  const rounds = createLiveRounds({
    gateway,
    tell(name, data, key) {
      frame.addNotice(name, data, key)
      showSoon()
    },
    paceMs: audience.paceMs,
    beat: audience.beat,
  })
  /** Others must know when somebody wants more, or less. */
  const changing = <Result>(change: () => Result): Result => {
    const before = audience.interest()
    const result = change()
    const after = audience.interest()
    if (before === after) return result
    others.tell()
    if (before === undefined) rounds.begin()
    if (after === undefined) rounds.end()
    return result
  }
  return {
    add: (spectator) => changing(() => audience.add(spectator)),
    remove(spectator) {
      changing(() => {
        audience.remove(spectator)
      })
    },
    close() {
      others.close()
      clearTimeout(gathering)
      clearTimeout(showing)
      rounds.end()
      audience.clear()
    },
  }
}

const mostOf = (one: Interest | undefined, other: Interest | undefined): Interest | undefined =>
  one === 'full' || other === 'full' ? 'full' : (one ?? other)

const asMailEvent = (entry: JournalEntry): MailEvent =>
  entry.kind === 'record'
    ? { name: 'message', data: JSON.stringify(withId(entry.record)) }
    : { name: 'delivery', data: JSON.stringify({ id: entry.transaction, ...entry.event }) }
