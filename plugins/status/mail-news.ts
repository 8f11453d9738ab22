/** That there was mail, how much, and the newest of it. */
export interface MailNews<Event> {
  readonly messages: number
  /** What became of messages that were accepted before. */
  readonly deliveries: number
  /** Fewer than these numbers say when there was too much, or nobody wanted to see them. */
  readonly events: readonly Event[]
}

/** News of a while, together: however much happens, they stay small. */
export interface NewsBag<Event> {
  add(news: MailNews<Event>): void
  isEmpty(): boolean
  take(): MailNews<Event>
}

export function createNewsBag<Event>(maxEvents: number): NewsBag<Event> {
  let messages = 0
  let deliveries = 0
  let events: Event[] = []
  return {
    add(news) {
      messages += news.messages
      deliveries += news.deliveries
      events.push(...news.events)
      // Not at each one: taking away the first of an array moves all others.
      if (events.length > 2 * maxEvents) events = events.slice(-maxEvents)
    },
    isEmpty: () => messages + deliveries === 0,
    take() {
      const news = { messages, deliveries, events: events.slice(-maxEvents) }
      messages = deliveries = 0
      events = []
      return news
    },
  }
}
