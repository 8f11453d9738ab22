import { listenerPort } from '../lib/haraka/listeners'
import { needsSignIn, needsStartTls, type Reply } from '../lib/haraka/replies'
import type { HarakaConnection } from '../lib/haraka/types'
import { roleOfPort } from './roles'

/** What the listeners for people who send ask for before MAIL (RFC 6409 4.3, RFC 8314 3.3). */
export function submissionRefusal(connection: HarakaConnection): Reply | undefined {
  if (!isForSubmission(connection)) return undefined
  if (!connection.tls.enabled) return needsStartTls()
  return connection.relaying ? undefined : needsSignIn()
}

/** Passwords travel encrypted, and only where people sign in: on port 25 they would be guessed all day. */
export function maySignIn(connection: HarakaConnection): boolean {
  return isForSubmission(connection) && connection.tls.enabled
}

/** The last word on what EHLO offers, whichever other plugins offer something. */
export function offer(connection: HarakaConnection, hasCertificate: boolean): void {
  const { capabilities, tls, notes } = connection
  if (!capabilities) return
  const isSignInOpen = maySignIn(connection)
  const kept = capabilities.filter(
    (line) => line !== 'STARTTLS' && (isSignInOpen || !line.toUpperCase().startsWith('AUTH')),
  )
  tls.advertised = hasCertificate && !tls.enabled
  connection.capabilities = tls.advertised ? [...kept, 'STARTTLS'] : kept
  // Haraka's AUTH plugins look here for what the client may use.
  if (!isSignInOpen) delete notes.allowed_auth_methods
}

const isForSubmission = (connection: HarakaConnection): boolean =>
  roleOfPort(listenerPort(connection)) !== 'transfer'
