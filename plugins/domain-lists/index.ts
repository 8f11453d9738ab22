/**
 * domain-lists: the names of the session and the message against domain blocklists.
 *
 * The client's names, HELO and envelope sender are looked up as soon as they are known and judged at RCPT;
 * Message-ID, header fields and the domains in the body at end of data. Lookups for the body start while the
 * message is still being received. `domain_sources` of the settings says which names count.
 */
import { useGateway, type Gateway } from '../lib/gateway'
import { endBodyScans, finishBodyScan, useBodyScan } from '../lib/gateway/body-scan'
import { describeFindings } from '../lib/gateway/describe-findings'
import { listsFor } from '../lib/gateway/lists-for'
import { judgeMessage } from '../lib/gateway/message-verdict'
import { answerReverseLookups, useReverseNames } from '../lib/gateway/reverse-names'
import { judgeSession } from '../lib/gateway/session-verdict'
import { proceed, registerHook } from '../lib/haraka/hook'
import { messageNotes, sessionNotes } from '../lib/haraka/notes'
import type {
  HarakaAddress,
  HarakaConnection,
  HarakaPlugin,
  HarakaTransaction,
  ResultStore,
} from '../lib/haraka/types'
import type { Finding, ListEngine } from '../lib/lists'
import { canonicalName, isLocalAddress } from '../lib/mail'
import { allKnown, andThen, type Pending } from '../lib/pending'
import type { DomainSource } from '../lib/settings/schema'
import { headerNames } from './header-names'

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)
  const ask = createAsk(this, gateway)
  const looksAt = (source: DomainSource): boolean =>
    gateway.lists.has('domain_blocklist') && gateway.settings().domain_sources.includes(source)

  answerReverseLookups(this, gateway.resolver)
  registerHook(this, 'connect', { onError: 'pass', priority: -50 }, (connection) => {
    if (looksAt('rdns') && !isLocalAddress(connection.remote.ip)) startReverse(gateway, ask, connection)
    return proceed
  })
  for (const hook of ['helo', 'ehlo']) {
    registerHook(this, hook, { onError: 'pass', priority: -50 }, (connection, name) => {
      if (looksAt('helo')) startHelo(ask, connection, name as string)
      return proceed
    })
  }
  registerHook(this, 'mail', { onError: 'pass', priority: -50 }, (connection, params) => {
    const { transaction } = connection
    const [sender] = params as [HarakaAddress]
    if (transaction && looksAt('envelope_sender')) {
      messageNotes(transaction).findings = {
        sender: ask(connection, transaction.results, namesOf(sender.host)),
      }
    }
    return proceed
  })
  registerHook(this, 'rcpt', { onError: 'pass', priority: -50 }, (connection, params) => {
    const [recipient] = params as [HarakaAddress]
    return judgeSession(this, gateway, connection, recipient)
  })
  registerHook(this, 'data', { onError: 'pass' }, (connection) => {
    const { transaction } = connection
    if (!transaction || !looksAt('body')) return proceed
    const notes = messageNotes(transaction)
    notes.content = { ...notes.content, body: askAboutBody(this, gateway, connection, transaction) }
    return proceed
  })
  registerHook(this, 'data_post', { onError: 'pass', priority: -60 }, (connection) => {
    const { transaction } = connection
    if (!transaction) return proceed
    finishBodyScan(transaction)
    if (!gateway.lists.has('domain_blocklist')) return proceed
    const names = headerNames(transaction, gateway.settings().domain_sources)
    const notes = messageNotes(transaction)
    notes.content = { ...notes.content, headers: ask(connection, transaction.results, names) }
    return proceed
  })
  registerHook(this, 'data_post', { onError: 'pass', priority: -50 }, (connection) =>
    judgeMessage(this, gateway, connection),
  )
  endBodyScans(this)
}

type Ask = (
  connection: HarakaConnection,
  results: ResultStore,
  names: readonly string[],
) => Pending<readonly Finding[]>

/** Asks all domain blocklists about names, and puts what came of it into the results, once. */
function createAsk(plugin: HarakaPlugin, gateway: Gateway): Ask {
  return (connection, results, names) =>
    andThen(askAll(listsFor(gateway, connection), names), (findings) => {
      if (findings.length > 0) results.add(plugin, describeFindings(findings, 'blocklist'))
      return findings
    })
}

function askAll(lists: Pick<ListEngine, 'check'>, names: readonly string[]): Pending<readonly Finding[]> {
  const findings = names.map((name) => lists.check('domain_blocklist', { kind: 'name', name }))
  return andThen(allKnown(findings), (all) => all.flat())
}

/** All names of the client's address, whether they lead back to it or not: anyone may list either. */
function startReverse(gateway: Gateway, ask: Ask, connection: HarakaConnection): void {
  const notes = sessionNotes(connection)
  const rdns = andThen(useReverseNames(gateway.resolver, connection), ({ names }) =>
    ask(connection, connection.results, names),
  )
  notes.findings = { ...notes.findings, rdns }
}

function startHelo(ask: Ask, connection: HarakaConnection, name: string): void {
  const notes = sessionNotes(connection)
  notes.findings = { ...notes.findings, helo: ask(connection, connection.results, namesOf(name)) }
}

const namesOf = (host: string | null): readonly string[] => {
  const name = canonicalName(host ?? '')
  return name === undefined ? [] : [name]
}

async function askAboutBody(
  plugin: HarakaPlugin,
  gateway: Gateway,
  connection: HarakaConnection,
  transaction: HarakaTransaction,
): Promise<readonly Finding[]> {
  const lists = listsFor(gateway, connection)
  const scan = useBodyScan(gateway, transaction)
  const { findings, ...capped } = await scan.askAbout((found) => lists.check('domain_blocklist', found))
  transaction.results.add(plugin, { ...describeFindings(findings, 'blocklist'), ...capped })
  return findings
}
