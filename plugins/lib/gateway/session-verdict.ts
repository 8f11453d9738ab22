import { proceed, type Outcome } from '../haraka/hook'
import { findingsBeforeData, sessionNotes } from '../haraka/notes'
import { whyTrusted } from '../haraka/session'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../haraka/types'
import { explainListing, judge, type Finding } from '../lists'
import { andThen, type Pending } from '../pending'
import { isAdministrative } from './administrative-recipients'
import type { Gateway } from './index'
import { refuseListed } from './refuse-listed'

/**
 * Judges at RCPT what the lists said about the session: only now it is known whether the client signed in and
 * whom the mail is for. Every plugin that looks things up before DATA registers this, and it counts the
 * findings of all of them, so that scores add up over lists whichever plugins are on.
 */
export function judgeSession(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  recipient: HarakaAddress,
): Pending<Outcome> {
  if (whyTrusted(connection)) return proceed
  const settings = gateway.settings()
  if (isAdministrative(recipient, settings, gateway.hostname)) return proceed
  return andThen(sessionNotes(connection).allowlisted, (listing) =>
    listing
      ? proceed
      : andThen(findingsBeforeData(connection), (findings) =>
          judgeFindings(plugin, gateway, connection, recipient, findings),
        ),
  )
}

function judgeFindings(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  recipient: HarakaAddress,
  findings: readonly Finding[],
): Outcome {
  const counting = gateway.allowedSenders.counting(connection, findings)
  const verdict = judge(counting, { rejectScore: gateway.settings().reject_score })
  if (verdict.kind === 'pass') return proceed
  const reason = verdict.by.map(explainListing).join('; ')
  return refuseListed(plugin, gateway, connection, `${connection.remote.ip} to ${recipient.format()}`, reason)
}
