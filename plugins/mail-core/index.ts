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
import { accept, hangUp, proceed, refuse, registerHook, registerInitHook } from '../lib/haraka/hook'
import { countOnlyTheClientsSilence, setInactivityTimeout } from '../lib/haraka/inactivity'
import { ownListeners, smtpServerFactory } from '../lib/haraka/listeners'
import { judgeMailCommand } from '../lib/haraka/mail-command'
import { hasLostHeaderLines, noteLostHeaderLines, replaceStrayReturns } from '../lib/haraka/message-repair'
import { rehearsalOf } from '../lib/haraka/rehearsal'
import { headerTooLong, senderNotYours, tooManyRecipients } from '../lib/haraka/replies'
import { boundWhatIsSentAhead } from '../lib/haraka/sent-ahead'
import { noteTimes } from '../lib/haraka/session-times'
import { ownCertificate, type ServerCertificate } from '../lib/haraka/tls'
import { onEnding } from '../lib/haraka/signals'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { createAdmission } from './admission'
import { offerAuth } from './auth'
import { createCertificates } from './certificates'
import { createConnectionCounts } from './connection-counts'
import { greetingLines } from './greeting'
import { createListeners, type ListenerState } from './listeners'
import { createSignIn, maySendAs, signedInUser } from './sign-in'
import { endSlowSessions } from './slow-sessions'
import { offer, submissionRefusal } from './submission'

const SHUTDOWN_GRACE_MS = 20_000
const SESSION_ID_LENGTH = 6
const NONE = { accept: 0, tempfail: 0, reject: 0 }

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
  registerMessage(this, gateway)
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
  const admission = createAdmission(
    createConnectionCounts(gateway.bus, systemClock),
    () => gateway.settings(),
    gateway.log,
  )
  registerHook(plugin, 'connect_init', { onError: 'pass' }, (connection) => {
    if (!rehearsalOf(connection)) {
      gateway.sessions.add(connection)
      admission.enter(connection)
    }
    noteTimes(connection, systemClock)
    boundWhatIsSentAhead(connection)
    countOnlyTheClientsSilence(connection)
    setInactivityTimeout(connection, gateway.settings().inactivity_timeout * 1000)
    judgeMailCommand(connection, () => submissionRefusal(connection))
    return proceed
  })
  // The first hook that can refuse.
  registerHook(plugin, 'lookup_rdns', { onError: 'pass', priority: -100 }, (connection) => {
    const refusal = admission.refusal(connection)
    return refusal ? hangUp(refusal) : proceed
  })
  endSlowSessions({
    sessions: gateway.sessions,
    clock: systemClock,
    timeoutMs: () => gateway.settings().inactivity_timeout * 1000,
    isStressed: () => admission.isCrowded(),
  })
  answerReverseLookups(plugin, gateway.resolver)
  registerHook(plugin, 'connect', { onError: 'pass', priority: 100 }, (connection) =>
    greet(gateway, connection),
  )
  registerHook(plugin, 'disconnect', { onError: 'pass' }, (connection) => {
    gateway.sessions.remove(connection)
    admission.leave(connection)
    return proceed
  })
}

function registerMessage(plugin: HarakaPlugin, gateway: Gateway): void {
  registerHook(plugin, 'rcpt', { onError: 'pass', priority: -100 }, ({ transaction }) => {
    const { accept: taken, tempfail, reject } = transaction?.rcpt_count ?? NONE
    const isOver = taken + tempfail + reject >= gateway.settings().max_recipients
    return isOver ? refuse(tooManyRecipients()) : proceed
  })
  registerHook(plugin, 'data', { onError: 'tempfail', priority: -100 }, ({ transaction }) => {
    if (!transaction) return proceed
    noteLostHeaderLines(transaction)
    replaceStrayReturns(transaction)
    return proceed
  })
  // After size-limits: what is too big is too big first.
  registerHook(plugin, 'data_post', { onError: 'tempfail', priority: -90 }, ({ transaction }) =>
    transaction && hasLostHeaderLines(transaction) ? refuse(headerTooLong()) : proceed,
  )
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
