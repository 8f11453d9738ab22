/**
 * uri-lists: the organisational domains of links and names in the body against URI blocklists.
 *
 * Lookups start while the message is still being received and are judged at end of data. IP addresses in links
 * are asked about where a list takes them.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { endBodyScans, finishBodyScan, useBodyScan } from '../lib/gateway/body-scan'
import { describeFindings } from '../lib/gateway/describe-findings'
import { listsFor } from '../lib/gateway/lists-for'
import { judgeMessage } from '../lib/gateway/message-verdict'
import { proceed, registerHook } from '../lib/haraka/hook'
import { messageNotes } from '../lib/haraka/notes'
import type { HarakaConnection, HarakaPlugin, HarakaTransaction } from '../lib/haraka/types'
import { itemText, type Finding, type Item } from '../lib/lists'
import type { BodyName } from '../lib/mail'

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)

  registerHook(this, 'data', { onError: 'pass' }, (connection) => {
    const { transaction } = connection
    if (!transaction || !gateway.lists.has('uri_blocklist')) return proceed
    const notes = messageNotes(transaction)
    notes.content = { ...notes.content, uris: askAboutUris(this, gateway, connection, transaction) }
    return proceed
  })
  registerHook(this, 'data_post', { onError: 'pass', priority: -60 }, ({ transaction }) => {
    if (transaction) finishBodyScan(transaction)
    return proceed
  })
  registerHook(this, 'data_post', { onError: 'pass', priority: -50 }, (connection) =>
    judgeMessage(this, gateway, connection),
  )
  endBodyScans(this)
}

async function askAboutUris(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  transaction: HarakaTransaction,
): Promise<readonly Finding[]> {
  const asked = new Set<string>()
  const lists = listsFor(gateway, connection)
  const scan = useBodyScan(gateway, transaction)
  const { findings, ...capped } = await scan.askAbout((found) => {
    const item = registeredItem(found)
    const subject = itemText(item)
    if (asked.has(subject)) return []
    asked.add(subject)
    return lists.check('uri_blocklist', item)
  })
  transaction.results.add(plugin, { ...describeFindings(findings, 'blocklist'), ...capped })
  return findings
}

/** URI lists hold what somebody registered, not its hosts. */
function registeredItem(found: BodyName): Item {
  return found.kind === 'ip' ? found : { kind: 'name', name: found.organisationalDomain }
}
