import type { Gateway } from '../lib/gateway'
import { createAudience, type Interest, type Spectator } from './audience'
import type { MailEvent } from './event-frame'
import { createLiveRounds } from './live-rounds'
import { gatherMail } from './mail-gathering'
import type { MailNews } from './mail-news'
import { createOtherAudiences } from './other-audiences'
import { createStage } from './stage'

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

export function createLiveEvents(
  gateway: Pick<Gateway, 'bus' | 'journal' | 'lists' | 'settingsState'>,
): LiveEvents {
  const { bus, journal } = gateway
  const audience = createAudience()
  const stage = createStage(audience)
  const others = createOtherAudiences(bus, audience.interest)
  const endGathering = gatherMail({
    journal,
    interest: () => mostOf(audience.interest(), others.interest()),
    tell(news) {
      stage.addMail(news)
      const elsewhere = others.interest()
      if (elsewhere !== undefined)
        bus.publish(NEWS, { ...news, events: elsewhere === 'full' ? news.events : [] })
    },
  })
  bus.subscribe(NEWS, (news) => {
    stage.addMail(news as MailNews<MailEvent>)
  })
  const rounds = createLiveRounds({
    gateway,
    tell: stage.addNotice,
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
      endGathering()
      stage.close()
      rounds.end()
      audience.clear()
    },
  }
}

const mostOf = (one: Interest | undefined, other: Interest | undefined): Interest | undefined =>
  one === 'full' || other === 'full' ? 'full' : (one ?? other)
