import { proceed, type Outcome } from '../haraka/hook'
import { allFindings, findingsBeforeData, messageNotes, sessionNotes } from '../haraka/notes'
import { whyTrusted } from '../haraka/session'
import type { HarakaAddress, HarakaConnection, HarakaPlugin, HarakaTransaction } from '../haraka/types'
import { explainListing, itemText, judge, type Finding, type Verdict } from '../lists'
import { andThen, type Pending } from '../pending'
import { isAdministrative } from './administrative-recipients'
import type { Gateway } from './index'
import { refuseListed } from './refuse-listed'

const HEADER = 'X-Gateway-Lists'

/**
 * Judges at end of data what the lists said about the message. The session was judged at RCPT; here its scores
 * count along with the message's. Whichever list plugins are on, the first that gets here judges for all.
 */
export function judgeMessage(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
): Pending<Outcome> {
  const { transaction } = connection
  if (!transaction || messageNotes(transaction).isJudged) return proceed
  messageNotes(transaction).isJudged = true
  // Written by others, it would be believed by whoever filters behind us.
  transaction.remove_header(HEADER)
  if (whyTrusted(connection)) return proceed

  const areAdministrators = areAdministrative(gateway, transaction.rcpt_to)
  return andThen(allFindings(messageNotes(transaction).content), (message) =>
    andThen(areAdministrators ? [] : scoringSessionFindings(connection), (session) =>
      judgeFindings({ plugin, gateway, connection, transaction, areAdministrators }, [
        ...session,
        ...message,
      ]),
    ),
  )
}

interface JudgedMessage {
  readonly plugin: HarakaPlugin
  readonly gateway: Gateway
  readonly connection: HarakaConnection
  readonly transaction: HarakaTransaction
  readonly areAdministrators: boolean
}

function judgeFindings(
  { plugin, gateway, connection, transaction, areAdministrators }: JudgedMessage,
  all: readonly Finding[],
): Outcome {
  const findings = gateway.allowedSenders.counting(connection, all)
  const verdict = judge(findings, { rejectScore: gateway.settings().reject_score })
  if (verdict.kind === 'reject' && !areAdministrators) {
    const reason = verdict.by.map(explainListing).join('; ')
    const what = `message from ${connection.remote.ip}`
    const refusal = refuseListed(plugin, gateway, connection, what, reason)
    if (refusal.kind === 'refuse') return refusal
  }
  const value = headerValue(verdict)
  if (value) transaction.add_header(HEADER, value)
  return proceed
}

/** What RCPT let pass counts only by its score, and not at all for clients on an allowlist. */
function scoringSessionFindings(connection: HarakaConnection): Pending<readonly Finding[]> {
  return andThen(sessionNotes(connection).allowlisted, (listing) =>
    listing ? [] : andThen(findingsBeforeData(connection), (findings) => findings.filter(isScoring)),
  )
}

const isScoring = (finding: Finding): boolean => finding.kind !== 'listed' || finding.action !== 'reject'

/** Reports of abuse quote what they report. */
function areAdministrative(gateway: Gateway, recipients: readonly HarakaAddress[]): boolean {
  const settings = gateway.settings()
  return recipients.every((recipient) => isAdministrative(recipient, settings, gateway.hostname))
}

/** `score=3.5; new.example.net in Abusix NOD, score 3.5; mail.example.net in SURBL, note`: ASCII, folded. */
function headerValue({ score, scored, notes }: Verdict): string | undefined {
  const listings = [
    ...scored.map((listing) => ({ listing, effect: `score ${listing.score}` })),
    ...notes.map((listing) => ({ listing, effect: 'note' })),
  ]
  if (listings.length === 0) return undefined
  const parts = listings.map(({ listing, effect }) => {
    return `${itemText(listing.item)} in ${listing.list.replace(/[^\x20-\x7e]|;/g, '?')}, ${effect}`
  })
  return [`score=${score}`, ...new Set(parts)].slice(0, 20).join(';\n\t')
}
