/**
 * status: the web page, its API, and what happens, as it happens.
 *
 * Everything lives below /gateway on the HTTP server of http.ini, which every worker runs: whichever of them answers,
 * sessions hold and numbers are those of all processes. Nobody sees anything before signing in, but /gateway/health.
 */
import { join } from 'node:path'
import { systemClock } from '../lib/clock'
import { useGateway, type Gateway } from '../lib/gateway'
import { harakaLog } from '../lib/haraka/log'
import { isLeader } from '../lib/haraka/process-role'
import { createQueueFiles } from '../lib/haraka/queue-files'
import { onEnding } from '../lib/haraka/signals'
import type { HarakaPlugin } from '../lib/haraka/types'
import { useWebServer, webEndpoints } from '../lib/haraka/web-server'
import { createJournalReader } from '../lib/journal/reader'
import { createRoutes } from './api/routes'
import { secretsPlace } from './api/secrets'
import { provideState } from './api/state'
import { LAST_USED } from './api/tokens'
import { createApiServer } from './api-server'
import { createApiTokens } from './api-tokens'
import { createCallers } from './callers'
import { createEndedSessions } from './ended-sessions'
import { createFirstUser } from './first-user'
import { createFleetJournal } from './fleet-journal'
import { createLiveEvents } from './live-events'
import { createLoginThrottle } from './login-throttle'
import { createMetricsRoute } from './metrics-route'
import { createPageServer } from './page-server'
import { withId } from './record-id'
import type { Services } from './services'
import { createSessionCookies } from './session-cookies'
import { loadSessionKey } from './session-key'
import { createSessions } from './sessions'
import { createSignIn } from './sign-in'
import { loadStaticFiles } from './static-files'

const HOUR_MS = 3_600_000

export function register(this: HarakaPlugin): void {
  const gateway = { ...useGateway(this), log: harakaLog(this) }
  const services = createServices(gateway)
  provideState(gateway)
  gateway.facts.provide(LAST_USED, () => services.tokens.lastUsed())
  if (isLeader(gateway.role) && webEndpoints(gateway.server).length > 0) void welcome(gateway)

  const web = useWebServer(this, gateway.server, {
    ports: gateway.ports,
    log: gateway.log,
    createHandler: () =>
      createPageServer({
        api: createApiServer(gateway, services.callers, createRoutes(services)),
        files: loadStaticFiles(join(__dirname, 'web')),
        metrics: createMetricsRoute(gateway, services.callers),
        log: gateway.log,
      }),
  })
  onEnding(gateway.bus, this, () => {
    services.events.close()
    services.journal.close()
    web.close()
  })
}

function createServices(gateway: Gateway): Services {
  const { bus, role, log, instanceDir } = gateway
  const stateDir = join(instanceDir, 'state')
  const users = () => gateway.secrets().ui_users
  const sessions = createSessions({
    // First of all processes the leader is here, so all others find it.
    key: loadSessionKey(stateDir, log),
    users,
    lifetimeMs: () => gateway.settings().status.session_hours * HOUR_MS,
    ended: createEndedSessions({ stateDir, bus, role, clock: systemClock }),
    clock: systemClock,
  })
  const tokens = createApiTokens(() => gateway.secrets().api_tokens, systemClock)
  const journal = createJournalReader(instanceDir)
  return {
    sessions,
    tokens,
    callers: createCallers(sessions, tokens),
    cookies: createSessionCookies(() => gateway.settings().status),
    signIn: createSignIn(users, createLoginThrottle(systemClock, bus), log),
    events: createLiveEvents(gateway),
    queue: createQueueFiles(join(instanceDir, 'queue')),
    journal,
    fleetJournal: createFleetJournal(gateway, async (wanted, limit) =>
      (await journal.search(wanted, limit)).map((stored) => withId(stored.record)),
    ),
    clock: systemClock,
  }
}

/** On the very first start nobody could sign in: there is a login then, whose password is shown this once. */
async function welcome(gateway: Gateway): Promise<void> {
  if (Object.keys(gateway.secrets().ui_users).length > 0) return
  try {
    const { name, password } = await createFirstUser(secretsPlace(gateway))
    process.stdout.write(`  first login  ${name}, password ${password} (shown only now)\n`)
  } catch (error) {
    gateway.log.error(
      `nobody can sign in to the web page yet: ${(error as Error).message}; add a login: haraka-gateway user DIR NAME --role editor`,
    )
  }
}
