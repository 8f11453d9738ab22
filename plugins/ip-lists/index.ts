/**
 * ip-lists: the client's address against IP blocklists and allowlists.
 *
 * Lookups start when the client connects and are judged at RCPT, once it is known whether the client signed in
 * and whom the mail is for. A client on an allowlist is spared every refusal before DATA.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { isAdministrative } from '../lib/gateway/administrative-recipients'
import { createReference } from '../lib/gateway/reference'
import { proceed, refuse, registerHook, type Outcome } from '../lib/haraka/hook'
import { sessionNotes } from '../lib/haraka/notes'
import { listed } from '../lib/haraka/replies'
import { isPrivateAddress, whyTrusted } from '../lib/haraka/session'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { explainListing, judge } from '../lib/lists'
import { describeFindings } from '../lib/gateway/describe-findings'

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)

  // First in connect: whatever other plugins do there, the answers travel meanwhile.
  registerHook(this, 'connect', { onError: 'pass', priority: -50 }, (connection) => {
    startLookups(this, gateway, connection)
    return proceed
  })
  // Before the next hop is asked about the recipient.
  registerHook(this, 'rcpt', { onError: 'pass', priority: -50 }, (connection, params) => {
    const [recipient] = params as [HarakaAddress]
    return judgeClient(this, gateway, connection, recipient)
  })
}

function startLookups(plugin: HarakaPlugin, gateway: Gateway, connection: HarakaConnection): void {
  if (isPrivateAddress(connection.remote.ip)) {
    connection.results.add(plugin, { skip: 'private address' })
    return
  }
  const item = { kind: 'ip', ip: connection.remote.ip } as const
  const notes = sessionNotes(connection)
  notes.clientFindings = gateway.lists.check('ip_blocklist', item)
  notes.allowlisted = gateway.lists.check('ip_allowlist', item).then((findings) => {
    const listing = findings.find(({ kind }) => kind === 'listed')
    connection.results.add(plugin, describeFindings(findings, 'allowlist'))
    // The note that other Haraka plugins (karma, fcrdns) look for.
    if (listing) connection.notes.dnswl = true
    return listing
  })
  void notes.clientFindings.then((findings) => {
    connection.results.add(plugin, describeFindings(findings, 'blocklist'))
  })
}

async function judgeClient(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  recipient: HarakaAddress,
): Promise<Outcome> {
  const notes = sessionNotes(connection)
  if (!notes.clientFindings || whyTrusted(connection)) return proceed
  const settings = gateway.settings()
  if (isAdministrative(recipient, settings, gateway.hostname)) return proceed
  if (await notes.allowlisted) return proceed
  const verdict = judge(await notes.clientFindings, { rejectScore: settings.reject_score })
  if (verdict.kind === 'pass') return proceed
  const ref = createReference()
  plugin.lognotice(
    `refused ref ${ref}: ${connection.remote.ip} for ${recipient.format()}: ${explainListing(verdict.finding)}`,
  )
  return refuse(listed(explainListing(verdict.finding), ref))
}
