import { z } from 'zod'
import { openEventStream } from '../event-stream'
import type { Services } from '../services'
import { route, type Route } from './route'

export const eventRoutes = ({ callers, events, tokens }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/events',
    access: 'reader',
    summary: 'What happens, as it happens: server-sent events message, delivery, lists, settings and state',
    answer: z.string(),
    handle({ headers }) {
      const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
      // A session may end, or its user lose the right to look on, while it is open.
      const isAllowed = (): boolean =>
        (bearer === undefined ? callers.session({ headers }) : tokens.read(bearer)) !== undefined
      return {
        stream: (response) => {
          openEventStream(response, events, isAllowed)
        },
      }
    },
  }),
]
