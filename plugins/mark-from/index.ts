/**
 * mark-from: shows in From who really sent a message.
 *
 * Malformed From fields are refused at the end of data; then SPF, DKIM, DMARC and ARC are checked and recorded in
 * Authentication-Results, since marking breaks the signature of the sender. The mark is the last change before
 * delivery, and a seal (ARC) over the marked message the very last.
 */
import { PassThrough } from 'node:stream'
import { reasonOf } from '../lib/error-text'
import { useGateway, type Gateway } from '../lib/gateway'
import { keepHeaderBytes, sentFields } from '../lib/haraka/header-bytes'
import { proceed, refuse, registerHook, type Outcome } from '../lib/haraka/hook'
import { harakaLog } from '../lib/haraka/log'
import { messageNotes } from '../lib/haraka/notes'
import { malformedFrom, printable } from '../lib/haraka/replies'
import { whyTrusted } from '../lib/haraka/session'
import type { HarakaConnection, HarakaPlugin, HarakaTransaction, ResultEntry } from '../lib/haraka/types'
import type { Settings } from '../lib/settings/schema'
import { askAhead } from './ask-ahead'
import { authenticate, beginSpf, type ArcChain } from './authentication'
import { formatResult, parseResults, type MethodResult } from './authentication-results'
import { previewMark } from './preview'
import { parseFrom } from './from-field'
import { editHeader, fromValues } from './header-edit'
import { loadMailauth } from './mailauth'
import { createFieldCheck, createMarkFrom, type FieldCheck, type MarkFrom, type MarkOutcome } from './mark'
import { createArcSet } from './seal'
import { envelopeFacts, findSender, receivedMessage } from './session-facts'

/** Below the time that senders wait after the final dot, and below that of the hook. */
const AUTHENTICATION_DEADLINE_MS = 10_000

interface Marking {
  readonly plugin: HarakaPlugin
  readonly gateway: Gateway
  /** What a seal will say about a message that is on its way. */
  readonly chains: WeakMap<HarakaTransaction, ArcChain>
  /** SPF of messages on their way. */
  readonly spf: WeakMap<HarakaTransaction, Promise<readonly MethodResult[]>>
  markFrom: MarkFrom
  checkFields: FieldCheck
}

export function register(this: HarakaPlugin): void {
  const marking = createMarking(this)
  const { gateway } = marking
  gateway.previews.mark = (from, envelope, client) => {
    const { mark_from, next_hops } = gateway.settings()
    return previewMark(from, envelope, mark_from, { ownDomains: Object.keys(next_hops), ...client })
  }
  /** Our own mail, and all mail while this is off, is left alone. */
  const when =
    (isOn: (settings: Settings) => boolean) => (task: MarkingTask) => (connection: HarakaConnection) => {
      const { transaction } = connection
      return isOn(gateway.settings()) && transaction && !whyTrusted(connection)
        ? task(marking, transaction, connection)
        : proceed
    }
  const whenMarking = when(({ mark_from }) => mark_from.enabled)
  const whenAuthenticating = when(isAuthenticating)

  registerHook(this, 'data', { onError: 'pass' }, whenMarking(keepBytes))
  registerHook(this, 'data', { onError: 'pass' }, whenAuthenticating(startSpf))
  // Before others look at a message that is refused anyway, after those who count its bytes.
  registerHook(this, 'data_post', { onError: 'tempfail', priority: -90 }, whenMarking(refuseMalformed))
  // Before those that wait for lists.
  registerHook(
    this,
    'data_post',
    { onError: 'pass', priority: -80 },
    whenAuthenticating(({ gateway }, transaction) => {
      askAhead(gateway.resolver, transaction)
      return proceed
    }),
  )
  // After others that check signatures.
  registerHook(this, 'data_post', { onError: 'pass', priority: 60 }, whenAuthenticating(recordAuthentication))
  // Before those that deliver.
  registerHook(this, 'queue', { onError: 'tempfail', priority: -90 }, whenMarking(mark))
}

type MarkingTask = (
  marking: Marking,
  transaction: HarakaTransaction,
  connection: HarakaConnection,
) => Outcome | Promise<Outcome>

function createMarking(plugin: HarakaPlugin): Marking {
  const gateway = { ...useGateway(plugin), log: harakaLog(plugin) }
  const engines = ({ mark_from, next_hops }: Settings) => ({
    markFrom: createMarkFrom(mark_from, Object.keys(next_hops)),
    checkFields: createFieldCheck(mark_from),
  })
  const marking = {
    plugin,
    gateway,
    chains: new WeakMap(),
    spf: new WeakMap(),
    ...engines(gateway.settings()),
  }
  gateway.onSettings((settings) => {
    Object.assign(marking, engines(settings))
    // Now, so that no message waits for it.
    if (isAuthenticating(settings) && gateway.role !== 'master') void loadMailauth()
  })
  return marking
}

const isAuthenticating = ({ mark_from, arc }: Settings): boolean => mark_from.enabled || arc !== undefined

function keepBytes(_: Marking, transaction: HarakaTransaction): Outcome {
  keepHeaderBytes(transaction)
  return proceed
}

function startSpf(
  { gateway, spf }: Marking,
  transaction: HarakaTransaction,
  connection: HarakaConnection,
): Outcome {
  const isKnown = parseResults(connection.auth_results()).some(({ method }) => method === 'spf')
  if (!isKnown) spf.set(transaction, beginSpf(envelopeFacts(connection, transaction), gateway))
  return proceed
}

function refuseMalformed({ checkFields }: Marking, transaction: HarakaTransaction): Outcome {
  const fields = fromValues(transaction.header.header_list).map((value) => parseFrom(value))
  const settled = checkFields(fields, recipientDomains(transaction))
  return settled?.kind === 'reject' ? refuse(malformedFrom(settled.reason)) : proceed
}

const recipientDomains = ({ rcpt_to: recipients }: HarakaTransaction): string[] =>
  recipients.map(({ host }) => host ?? '')

async function recordAuthentication(
  { gateway, chains, spf }: Marking,
  transaction: HarakaTransaction,
  connection: HarakaConnection,
): Promise<Outcome> {
  const { message_stream: stream } = transaction
  const { results, chain } = await authenticate(
    {
      ...receivedMessage(connection, transaction),
      recorded: parseResults(connection.auth_results()),
      spf: spf.get(transaction),
      open: () => {
        const message = new PassThrough()
        stream.pipe(message)
        return message
      },
    },
    {
      resolver: gateway.resolver,
      log: gateway.log,
      deadlineMs: AUTHENTICATION_DEADLINE_MS,
      sealing: gateway.settings().arc !== undefined,
    },
  )
  // What came too late must not keep others from reading the message.
  stream.unpipe()
  if (connection.transaction !== transaction) return proceed
  // Haraka writes the field when all plugins have run.
  for (const result of results) connection.auth_results(formatResult(result))
  if (chain) chains.set(transaction, chain)
  return proceed
}

async function mark(
  marking: Marking,
  transaction: HarakaTransaction,
  connection: HarakaConnection,
): Promise<Outcome> {
  const { plugin, gateway, markFrom } = marking
  const recorded = parseResults(connection.auth_results())
  const sender = await findSender(connection, transaction, recorded, gateway.resolver)
  const outcome = markFrom({
    fields: fromValues(transaction.header.header_list),
    sender,
    recipientDomains: recipientDomains(transaction),
  })
  transaction.results.add(plugin, resultEntry(outcome, sender.host))
  if (outcome.kind === 'unchanged') return proceed
  if (outcome.kind === 'reject') return refuse(malformedFrom(outcome.reason))
  editHeader(transaction.header, outcome, gateway.settings().mark_from)
  messageNotes(transaction).marks = [`From ${outcome.kind} with ${outcome.domain}`]
  connection.loginfo(plugin, `${outcome.kind} with ${outcome.domain}: ${printable(outcome.why.join('; '))}`)
  if (outcome.kind === 'marked') await seal(marking, transaction, connection)
  return proceed
}

/** For the journal and other plugins: what was done, and which domains did not match. */
function resultEntry(outcome: MarkOutcome, sender: string): ResultEntry {
  if (outcome.kind === 'reject') return { action: 'rejected', why: [outcome.reason] }
  const why = [outcome.why].flat()
  if (outcome.kind === 'unchanged') return { action: 'unchanged', sender, why }
  return { action: outcome.kind, sender, domain: outcome.domain, why }
}

/** A message without seal is worth more than no message: failures are logged. */
async function seal(
  { gateway, chains }: Marking,
  transaction: HarakaTransaction,
  connection: HarakaConnection,
): Promise<void> {
  const { arc } = gateway.settings()
  const key = gateway.secrets().arc?.key
  const chain = chains.get(transaction)
  if (!arc || key === undefined || !chain) return
  try {
    const fields = sentFields(transaction)
    const set = await createArcSet(fields, chain, connection.auth_results(), { ...arc, key })
    for (const { name, value } of set) transaction.add_leading_header(name, value)
  } catch (error) {
    gateway.log.error(`no seal: ${reasonOf(error)}`)
  }
}
