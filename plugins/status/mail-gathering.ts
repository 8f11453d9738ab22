import type { Journal, JournalEntry } from '../lib/journal/journal'
import type { Interest } from './audience'
import { MAX_MAIL_EVENTS, type MailEvent } from './event-frame'
import { createNewsBag, type MailNews } from './mail-news'
import { withId } from './record-id'

export interface MailGatheringOptions {
  readonly journal: Pick<Journal, 'onEntry'>
  /** What anybody wants to know, in whichever process. */
  readonly interest: () => Interest | undefined
  readonly tell: (news: MailNews<MailEvent>) => void
}

/** What happens in it is told together. */
const GATHER_MS = 250

/** The mail of this process, put into words once, and for nobody not at all. Returns how to end it. */
export function gatherMail({ journal, interest, tell }: MailGatheringOptions): () => void {
  const news = createNewsBag<JournalEntry>(MAX_MAIL_EVENTS)
  let timer: NodeJS.Timeout | undefined
  const tellNews = (): void => {
    timer = undefined
    const { messages, deliveries, events } = news.take()
    tell({ messages, deliveries, events: events.map(asMailEvent) })
  }
  journal.onEntry((entry) => {
    const wanted = interest()
    if (wanted === undefined) return
    const isMessage = entry.kind === 'record'
    news.add({
      messages: isMessage ? 1 : 0,
      deliveries: isMessage ? 0 : 1,
      events: wanted === 'full' ? [entry] : [],
    })
    timer ??= setTimeout(tellNews, GATHER_MS).unref()
  })
  return () => {
    clearTimeout(timer)
  }
}

const asMailEvent = (entry: JournalEntry): MailEvent =>
  entry.kind === 'record'
    ? { name: 'message', data: JSON.stringify(withId(entry.record)) }
    : { name: 'delivery', data: JSON.stringify({ id: entry.transaction, ...entry.event }) }
