/**
 * mail-core: where SMTP listens, how it greets, how long it waits.
 *
 * Listeners, greeting and inactivity timeout follow gateway.yaml while Haraka runs; Haraka's own settings for
 * them are read once at its start. On shutdown the sessions are finished or told 421.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { answerReverseLookups } from '../lib/gateway/reverse-names'
import { accept, proceed, registerHook, registerInitHook } from '../lib/haraka/hook'
import { ownListeners, smtpServerFactory } from '../lib/haraka/listeners'
import type { HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { greetingLines } from './greeting'
import { createListeners } from './listeners'
import { wantedEndpoints } from './wanted-endpoints'

const SHUTDOWN_GRACE_MS = 20_000
const SESSION_ID_LENGTH = 6

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)
  const listeners = createListeners({ ...smtpServerFactory(gateway.server), log: gateway.log })
  ownListeners(gateway.server)

  registerInitHook(this, gateway.role, () => {
    gateway.onSettings((settings) => {
      void listeners.apply(wantedEndpoints(settings.listen))
    })
  })
  gateway.onSettings((settings) => {
    for (const session of gateway.sessions) setInactivityTimeout(session, settings.inactivity_timeout)
  })
  registerHook(this, 'connect_init', { onError: 'pass' }, (connection) => {
    gateway.sessions.add(connection)
    setInactivityTimeout(connection, gateway.settings().inactivity_timeout)
    return proceed
  })
  answerReverseLookups(this, gateway.resolver)
  registerHook(this, 'connect', { onError: 'pass', priority: 100 }, (connection) =>
    greet(gateway, connection),
  )
  registerHook(this, 'disconnect', { onError: 'pass' }, (connection) => {
    gateway.sessions.remove(connection)
    return proceed
  })
  this.shutdown = () => {
    listeners.close()
    gateway.sessions.close(SHUTDOWN_GRACE_MS)
  }
}

/** Answers for Haraka, which takes a greeting only once at its start. Runs last, since an answer ends the hook. */
function greet(gateway: Gateway, connection: HarakaConnection) {
  const text = greetingLines(gateway.settings().greeting, {
    hostname: connection.local.host,
    product: connection.local.info,
    id: connection.uuid.slice(0, SESSION_ID_LENGTH),
  })
  return { ...accept, text }
}

function setInactivityTimeout(connection: HarakaConnection, seconds: number): void {
  connection.client.setTimeout(seconds * 1000)
}
