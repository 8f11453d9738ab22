import type { Audience } from './audience'
import { createFrameMaker, type MailEvent, type NoticeName } from './event-frame'
import type { MailNews } from './mail-news'

/** Shows the audience what it is given: at once when it has shown nothing lately, else together with what comes. */
export interface Stage {
  addMail: (news: MailNews<MailEvent>) => void
  addNotice: (name: NoticeName, data: unknown, key?: string) => void
  close: () => void
}

export function createStage(audience: Audience): Stage {
  const frame = createFrameMaker()
  let timer: NodeJS.Timeout | undefined
  let shownAt = 0
  const show = (): void => {
    timer = undefined
    shownAt = performance.now()
    const [paceMs, maxBytes] = [audience.paceMs(), audience.maxBytes()]
    audience.show(frame.take({ now: Date.now(), paceMs, maxBytes }))
  }
  const showSoon = (): void => {
    timer ??= setTimeout(show, Math.max(0, shownAt + audience.intervalMs() - performance.now())).unref()
  }
  return {
    addMail(news) {
      if (audience.isEmpty()) return
      frame.addMail(news)
      showSoon()
    },
    addNotice(name, data, key) {
      if (audience.isEmpty()) return
      frame.addNotice(name, data, key)
      showSoon()
    },
    close() {
      clearTimeout(timer)
    },
  }
}
