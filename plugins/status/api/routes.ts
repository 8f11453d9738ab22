import { createOpenApi } from '../openapi'
import type { Services } from '../services'
import { z } from 'zod'
import { allowRoutes } from './allow'
import { checkRoutes } from './check'
import { eventRoutes } from './events'
import { explainRoutes } from './explain'
import { fleetRoutes } from './fleet'
import { historyRoutes } from './history'
import { listFileRoutes } from './list-files'
import { listRoutes } from './lists'
import { messageRoutes } from './messages'
import { nextHopRoutes } from './next-hops'
import { overviewRoutes } from './overview'
import { quotaRoutes } from './quota'
import { route, type Route } from './route'
import { sessionRoutes } from './session'
import { settingsRoutes } from './settings'
import { stateRoutes } from './state'
import { tokenRoutes } from './tokens'
import { userRoutes } from './users'

/** Every call of the API. */
export function createRoutes(services: Services): readonly Route[] {
  const routes = [
    ...sessionRoutes(services),
    ...userRoutes,
    ...tokenRoutes(services),
    ...overviewRoutes(services),
    ...stateRoutes(services),
    ...listRoutes(services),
    ...messageRoutes(services),
    ...allowRoutes(services),
    ...nextHopRoutes,
    ...checkRoutes,
    ...eventRoutes(services),
    ...fleetRoutes,
    ...quotaRoutes,
    ...settingsRoutes,
    ...historyRoutes,
    ...listFileRoutes,
    ...explainRoutes,
  ]
  const openApi: Route = route({
    method: 'GET',
    path: '/openapi.json',
    access: 'reader',
    summary: 'This description',
    answer: z.looseObject({}),
    handle: () => ({ body: document() }),
  })
  let made: unknown
  const document = (): unknown => (made ??= createOpenApi([...routes, openApi]))
  return [...routes, openApi]
}
