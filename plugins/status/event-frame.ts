import { createNewsBag, type MailNews } from './mail-news'

/** A message or a delivery, as a stream shows it. */
export interface MailEvent {
  readonly name: 'message' | 'delivery'
  /** JSON. */
  readonly data: string
}

export type NoticeName = 'lists' | 'settings' | 'state'

/**
 * What is told at once: encoded once, however many look on, and small, however much happened. Server-sent events
 * (WHATWG HTML 9.2.6): the id at the end is sent back by who comes again, and says that there was a gap.
 */
export interface Frame {
  /** For those who want to know that there was mail, and how much. */
  readonly brief: Buffer
  /** For those who want to see each message too. */
  readonly full: Buffer
}

export interface FrameLimits {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How often who looks on may ask the API because of what is told here. */
  readonly paceMs: number
  /** Of messages and deliveries: the newest that fit are told. */
  readonly maxBytes: number
}

export interface FrameMaker {
  addMail(news: MailNews<MailEvent>): void
  /** The last of those with the same name and key is what counts. */
  addNotice(name: NoticeName, data: unknown, key?: string): void
  isEmpty(): boolean
  take(limits: FrameLimits): Frame
}

/** Something was not told: whoever wants to know has to ask. */
export const GAP = 'event: gap\ndata: {}\n\n'

/** Nobody reads more than this, and mail goes first. */
export const MAX_MAIL_EVENTS = 25

export function createFrameMaker(): FrameMaker {
  const mail = createNewsBag<MailEvent>(MAX_MAIL_EVENTS)
  const notices = new Map<string, string>()
  return {
    addMail(news) {
      mail.add(news)
    },
    addNotice(name, data, key = '') {
      notices.set(`${name} ${key}`, encode(name, JSON.stringify(data)))
    },
    isEmpty: () => mail.isEmpty() && notices.size === 0,
    take({ now, paceMs, maxBytes }) {
      const { messages, deliveries, events } = mail.take()
      const hasMail = messages + deliveries > 0
      const summary = hasMail ? encode('mail', JSON.stringify({ messages, deliveries, paceMs })) : ''
      const common = `${summary}${[...notices.values()].join('')}`
      const told = newestThatFit(
        events.map(({ name, data }) => encode(name, data)),
        maxBytes,
      )
      const each = told.join('')
      const gap = messages + deliveries > told.length ? GAP : ''
      notices.clear()
      const end = `id: ${now}\n\n`
      return { brief: Buffer.from(`${common}${end}`), full: Buffer.from(`${common}${each}${gap}${end}`) }
    },
  }
}

const encode = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`

function newestThatFit(texts: readonly string[], maxBytes: number): readonly string[] {
  let bytes = 0
  const tooOld = texts.findLastIndex((text) => (bytes += Buffer.byteLength(text)) > maxBytes)
  return texts.slice(tooOld + 1)
}
