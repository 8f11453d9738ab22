/**
 * ip-lists: the client's address against IP blocklists and allowlists.
 *
 * Lookups start when the client connects and are judged at RCPT, once it is known whether the client signed in
 * and whom the mail is for. A client on an allowlist is spared every refusal before DATA.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { describeFindings } from '../lib/gateway/describe-findings'
import { listsFor } from '../lib/gateway/lists-for'
import { judgeSession } from '../lib/gateway/session-verdict'
import { proceed, registerHook } from '../lib/haraka/hook'
import { sessionNotes } from '../lib/haraka/notes'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { findAllowing } from '../lib/lists'
import { isLocalAddress } from '../lib/mail'
import { andThen } from '../lib/pending'

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
    return judgeSession(this, gateway, connection, recipient)
  })
}

function startLookups(plugin: HarakaPlugin, gateway: Gateway, connection: HarakaConnection): void {
  const { ip } = connection.remote
  if (isLocalAddress(ip)) {
    connection.results.add(plugin, { skip: 'private address' })
    return
  }
  const item = { kind: 'ip', ip } as const
  const lists = listsFor(gateway, connection)
  const notes = sessionNotes(connection)
  notes.allowlists = askAllowlists()
  notes.allowlisted = andThen(notes.allowlists, findAllowing)
  notes.findings = { ...notes.findings, client: askBlocklists() }

  function askAllowlists() {
    return andThen(lists.check('ip_allowlist', item), (findings) => {
      connection.results.add(plugin, describeFindings(findings, 'allowlist'))
      // The note that other Haraka plugins look for.
      if (findAllowing(findings)) connection.notes.dnswl = true
      return findings
    })
  }

  function askBlocklists() {
    return andThen(lists.check('ip_blocklist', item), (findings) => {
      connection.results.add(plugin, describeFindings(findings, 'blocklist'))
      return findings
    })
  }
}
