/**
 * mail-core: where SMTP listens, how it greets, how long it waits, TLS, and who may hand in mail.
 *
 * Listeners, certificate, greeting and inactivity timeout follow gateway.yaml while Haraka runs; Haraka's own
 * settings for them are read once at its start. Ports 587 and 465 ask for TLS and AUTH before MAIL; who signs in
 * there may send anywhere. On shutdown the sessions are finished or told 421.
 */
import { join } from 'node:path'
import { systemClock } from '../lib/clock'
import { useGateway, type Gateway } from '../lib/gateway'
import type { SettingsFault } from '../lib/gateway/settings-agreement'
import { answerReverseLookups } from '../lib/gateway/reverse-names'
import { wantedEndpoints } from '../lib/haraka/endpoints'
import { accept, proceed, refuse, registerHook, registerInitHook } from '../lib/haraka/hook'
import { setInactivityTimeout } from '../lib/haraka/inactivity'
import { ownListeners, smtpServerFactory } from '../lib/haraka/listeners'
import { judgeMailCommand } from '../lib/haraka/mail-command'
import { rehearsalOf } from '../lib/haraka/rehearsal'
import { senderNotYours } from '../lib/haraka/replies'
import { ownCertificate, type ServerCertificate } from '../lib/haraka/tls'
import { onEnding } from '../lib/haraka/signals'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { offerAuth } from './auth'
import { createCertificates } from './certificates'
import { greetingLines } from './greeting'
import { createListeners, type ListenerState } from './listeners'
import { createSignIn, maySendAs, signedInUser } from './sign-in'
import { offer, submissionRefusal } from './submission'

const SHUTDOWN_GRACE_MS = 20_000
const SESSION_ID_LENGTH = 6

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)
  const certificate = ownCertificate(this, gateway.server)
  followCertificate(gateway, certificate)
  const listeners = createListeners({
    ...smtpServerFactory(gateway.server),
    ...gateway.ports,
    log: gateway.log,
  })
  ownListeners(gateway.server)
  gateway.facts.provide('listeners', () => listeners.states())

  registerInitHook(this, gateway.role, () => {
    let applied = Promise.resolve()
    gateway.onSettings((settings) => {
      applied = listeners.apply(wantedEndpoints(settings.listen))
    })
    gateway.editing.agreement.reportFaults(async () => {
      await applied
      return listeners.states().flatMap(listenerFault)
    })
  })
  gateway.onSettings(({ inactivity_timeout }) => {
    for (const session of gateway.sessions) setInactivityTimeout(session, inactivity_timeout * 1000)
  })
  registerSession(this, gateway)
  registerSubmission(this, gateway, certificate)
  onEnding(gateway.bus, this, () => {
    listeners.close()
    gateway.sessions.close(SHUTDOWN_GRACE_MS)
  })
}

function listenerFault(state: ListenerState): SettingsFault[] {
  if (state.kind === 'open') return []
  return [{ key: 'listen', text: `cannot listen on ${state.endpoint}: ${state.reason}` }]
}

function followCertificate(gateway: Gateway, certificate: ServerCertificate): void {
  const certificates = createCertificates({
    configDir: join(gateway.instanceDir, 'config'),
    hostname: gateway.hostname,
    show: (pem) => {
      certificate.set(pem)
    },
    clock: systemClock,
    log: gateway.log,
  })
  gateway.onSettings(({ tls }) => {
    certificates.apply(tls.certificate)
  })
  gateway.editing.agreement.reportFaults(() => {
    const fault = certificates.fault()
    return fault === undefined ? [] : [{ key: 'tls', text: fault }]
  })
}

function registerSession(plugin: HarakaPlugin, gateway: Gateway): void {
  registerHook(plugin, 'connect_init', { onError: 'pass' }, (connection) => {
    if (!rehearsalOf(connection)) gateway.sessions.add(connection)
    setInactivityTimeout(connection, gateway.settings().inactivity_timeout * 1000)
    judgeMailCommand(connection, () => submissionRefusal(connection))
    return proceed
  })
  answerReverseLookups(plugin, gateway.resolver)
  registerHook(plugin, 'connect', { onError: 'pass', priority: 100 }, (connection) =>
    greet(gateway, connection),
  )
  registerHook(plugin, 'disconnect', { onError: 'pass' }, (connection) => {
    gateway.sessions.remove(connection)
    return proceed
  })
}

function registerSubmission(plugin: HarakaPlugin, gateway: Gateway, certificate: ServerCertificate): void {
  const users = () => gateway.secrets().smtp_users
  offerAuth(plugin, createSignIn(users, gateway.log), () => Object.keys(users()).length > 0)
  // The handshake of STARTTLS is that of Haraka's tls plugin; what is offered, and when, is not.
  plugin.advertise_starttls = (next: () => void): void => {
    next()
  }
  plugin.inherits('tls')
  registerHook(plugin, 'capabilities', { onError: 'pass', priority: 100 }, (connection) => {
    offer(connection, certificate.isSet)
    return proceed
  })
  registerHook(plugin, 'mail', { onError: 'tempfail', priority: -90 }, (connection, params) => {
    const [{ address }] = params as [HarakaAddress]
    const user = signedInUser(connection)
    return user === undefined || maySendAs(users(), user, address) ? proceed : refuse(senderNotYours(address))
  })
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
