import { z } from 'zod'
import type { Interest } from '../audience'
import { openEventStream } from '../event-stream'
import type { Services } from '../services'
import { route, type Route } from './route'

export const eventRoutes = (services: Services): readonly Route[] => [
  stream(
    services,
    '/events',
    'full',
    'What happens, as it happens: server-sent events mail, message, delivery, lists, settings and state. ' +
      'After a gap you have to ask for what was not told: there was too much, you were too slow, or away',
  ),
  stream(
    services,
    '/overview/events',
    'brief',
    'The same without each message and delivery: mail only says that there were some, and how many',
  ),
]

const stream = (
  { callers, events, tokens }: Services,
  path: string,
  interest: Interest,
  summary: string,
): Route =>
  route({
    method: 'GET',
    path,
    access: 'reader',
    summary,
    answer: z.string(),
    handle({ headers }) {
      const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
      // A session may end, or its user lose the right to look on, while it is open.
      const isAllowed = (): boolean =>
        (bearer === undefined ? callers.session({ headers }) : tokens.read(bearer)) !== undefined
      const isBack = headers['last-event-id'] !== undefined
      return {
        stream: (response) => {
          openEventStream(response, events, { interest, isBack, isAllowed })
        },
      }
    },
  })
