import { isIPv4, isIPv6 } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Gateway } from '../gateway'
import type { ReverseNames } from '../gateway/reverse-names'
import { createMemorySocket, type MemorySocket } from '../haraka/memory-socket'
import { messageNotes } from '../haraka/notes'
import type { Rehearsal } from '../haraka/rehearsal'
import { whyLeftOut } from '../haraka/rehearsal-plugins'
import { notLoaded } from '../haraka/rehearsal-process'
import { signIn, startRehearsedSession } from '../haraka/rehearsed-session'
import type { HarakaTransaction } from '../haraka/types'
import type { JournalRecord } from '../journal/record'
import { converse } from './dialogue'
import { headerChanges } from './header-changes'
import { checkInput, type ExplainInput } from './input'
import type { ExplainedClient, ExplainReport } from './report'
import { readMark, readResults } from './results'
import type { Exchange, Fact, Step } from './step'
import { judgeExchanges } from './verdict'
import { toWire } from './wire'

export { ExplainInputError, type ExplainInput } from './input'
export type { ExplainReport } from './report'

/** RFC 8314 3.3, RFC 6409 3.1: users' ports; a session there is encrypted before anything else. */
const USERS_PORTS = [465, 587]
const LIMIT_MS = 60_000
/** For lookups that are under way when the session ends. */
const RECORD_MS = 5000
/** In one process: each has a message in memory, and the mail comes first. */
const MAX_AT_A_TIME = 2

let running = 0

/**
 * Says what would happen to a message: it goes through Haraka and its plugins as live mail does, but is delivered
 * to nobody, and nothing remains of it. Throws ExplainInputError for what is no session at all.
 */
export async function explain(gateway: Gateway, input: ExplainInput): Promise<ExplainReport> {
  checkInput(input)
  if (running >= MAX_AT_A_TIME)
    throw new ExplainBusyError('others are being explained; try again in a moment')
  running++
  try {
    return await rehearse(gateway, input)
  } finally {
    running--
  }
}

export class ExplainBusyError extends Error {}

async function rehearse(gateway: Gateway, input: ExplainInput): Promise<ExplainReport> {
  const client = describeClient(input)
  const watch = createWatch(input)
  const { plugins: allowedPlugins } = gateway.settings().explain
  for (const plugin of notLoaded(gateway.server)) {
    watch.rehearsal.tell({ kind: 'left-out', plugin, reason: whyLeftOut(plugin, allowedPlugins) ?? '' })
  }
  const peer = createMemorySocket({
    remoteAddress: client.ip,
    remotePort: 0,
    localAddress: localAddress(gateway, client.ip),
    localPort: client.port,
  })
  const connection = startRehearsedSession(gateway, peer.socket, {
    rehearsal: watch.rehearsal,
    isEncrypted: client.isEncrypted,
    allowedPlugins,
    couldBeQueued: watch.couldBeQueued,
    onMessage: watch.onMessage,
    onEnd: watch.onEnd,
  })
  const exchanges = await hold(peer, watch, input, client, () => {
    if (client.user !== undefined) signIn(connection, client.user)
  })
  const record = await Promise.race([watch.records.at(-1), setTimeout(RECORD_MS, undefined, { ref: false })])
  return {
    ms: watch.answeredAtMs(),
    client,
    exchanges,
    verdict: judgeExchanges(exchanges, record?.by),
    rejectScore: gateway.settings().reject_score,
    ...watch.seen(),
    score: record?.score ?? 0,
    skipped: record?.skips ?? [],
    wouldRefuse: record?.wouldRefuse ?? [],
    results: readResults(connection.results, watch.transaction()?.results),
    remarks: remarks(gateway, input, client),
    ...(record && { record }),
  }
}

/** The client's side of the session, from the greeting to the end. */
async function hold(
  peer: MemorySocket,
  watch: Watch,
  { from, to, message }: ExplainInput,
  { helo }: ExplainedClient,
  onGreeted: () => void,
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = []
  const onExchange = (exchange: Exchange): void => {
    exchanges.push(exchange)
    watch.rehearsal.tell({ kind: 'reply', ...exchange })
  }
  const limit = new AbortController()
  void setTimeout(LIMIT_MS, undefined, limit).then(peer.close, () => undefined)
  await converse(peer, { helo, from, to, message: toWire(Buffer.from(message)), onGreeted, onExchange })
  // In order, so that every plugin's end of it runs.
  await peer.send(Buffer.from('QUIT\r\n'))
  while ((await peer.reply()) !== undefined);
  limit.abort()
  peer.close()
  return exchanges
}

function describeClient({ ip, name, helo, user, port }: ExplainInput): ExplainedClient {
  const toPort = port ?? (user === undefined ? 25 : 587)
  const literal = isIPv6(ip) ? `[IPv6:${ip}]` : `[${ip}]`
  return {
    ip,
    ...(name !== undefined && { name }),
    helo: helo ?? name ?? literal,
    port: toPort,
    isEncrypted: USERS_PORTS.includes(toPort),
    ...(user !== undefined && { user }),
  }
}

/** The address that the client has connected to. */
function localAddress(gateway: Gateway, clientIp: string): string {
  const { address } = gateway.settings().listen
  if (address !== '::' && address !== '0.0.0.0') return address
  return isIPv4(clientIp) ? '127.0.0.1' : '::1'
}

type Watch = ReturnType<typeof createWatch>

/** Gathers all that is told while a message is tried out. */
function createWatch({ name, asksNextHops = false }: ExplainInput) {
  const began = performance.now()
  const elapsed = (): number => Math.round((performance.now() - began) * 10) / 10
  const steps: Step[] = []
  const answeredAtMs = (): number => steps.findLast(({ kind }) => kind === 'reply')?.atMs ?? 0
  const records: Promise<JournalRecord>[] = []
  let headerBefore: readonly string[] | undefined
  let transaction: HarakaTransaction | undefined
  let end: Pick<ExplainReport, 'size' | 'header' | 'mark'> = {}
  const rehearsal: Rehearsal = {
    asksNextHops,
    reverseNames: name === undefined ? undefined : confirmedName(name),
    tell: (fact) => steps.push({ ...fact, atMs: elapsed() }),
    keep: (record) => records.push(record),
  }
  return {
    answeredAtMs,
    rehearsal,
    records,
    transaction: () => transaction,
    /** Whether some plugin could have taken the message, but is left out. */
    couldBeQueued: () =>
      steps.some((step) => step.kind === 'left-out' && (step.hook?.startsWith('queue') ?? true)),
    onMessage: ({ header }: HarakaTransaction) => (headerBefore ??= [...header.header_list]),
    onEnd: (ended: HarakaTransaction) => {
      transaction = ended
      end = describeEnd(ended, headerBefore)
    },
    seen: () => ({ ...end, ...sortFacts(steps), steps }),
  }
}

function confirmedName(name: string): ReverseNames {
  const names = [name.toLowerCase().replace(/\.$/, '')]
  return { kind: 'found', names, confirmed: Promise.resolve(names) }
}

function describeEnd(
  transaction: HarakaTransaction,
  headerBefore: readonly string[] | undefined,
): Pick<ExplainReport, 'size' | 'header' | 'mark'> {
  const { size } = messageNotes(transaction)
  const mark = readMark(transaction.results)
  return {
    ...(size && { size: { ...size } }),
    ...(headerBefore && { header: headerChanges(headerBefore, transaction.header.header_list) }),
    ...(mark && { mark }),
  }
}

function sortFacts(facts: readonly Fact[]): Pick<ExplainReport, 'lists' | 'nextHops' | 'leftOut'> {
  const leftOut = new Map<string, string>()
  for (const fact of facts) if (fact.kind === 'left-out') leftOut.set(fact.plugin, fact.reason)
  return {
    lists: facts.flatMap((fact) => (fact.kind === 'lookup' ? [fact] : [])),
    nextHops: facts.flatMap((fact) => (fact.kind === 'next-hop' ? [fact] : [])),
    leftOut: [...leftOut].map(([plugin, reason]) => ({ plugin, reason })),
  }
}

function remarks(gateway: Gateway, input: ExplainInput, client: ExplainedClient): readonly string[] {
  const { name, user, asksNextHops } = input
  const all: readonly (readonly [boolean, string])[] = [
    [true, 'Nothing was delivered, queued, recorded or counted.'],
    [!asksNextHops, 'The next hops were not asked: each recipient of theirs counts as known to them.'],
    [name !== undefined, `${client.name ?? ''} is taken for the confirmed name of ${client.ip}.`],
    [user !== undefined, `${user ?? ''} counts as signed in: no password was asked for.`],
    [
      user !== undefined && !Object.hasOwn(gateway.secrets().smtp_users, user),
      `There is no ${user ?? ''} among smtp_users: only another plugin could let that user in.`,
    ],
  ]
  return all.flatMap(([isSo, text]) => (isSo ? [text] : []))
}
