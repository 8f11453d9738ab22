import { join, resolve } from 'node:path'
import { AggregatorRegistry } from 'prom-client'
import type { Gateway } from '../gateway'
import { isLeader } from '../haraka/process-role'
import { createQueueFiles } from '../haraka/queue-files'
import { readNotAfter } from '../settings/certificate'
import { version } from '../version'
import { describeMetrics } from './families'
import type { Gathered } from './gathered'
import { listFacts, type HostState } from './host-state'
import { createKnownTotals } from './known-totals'
import { createProcessMetrics, type ProcessState, type ProcessTotals } from './process-metrics'
import { sum } from './sum'
import type { Tally } from './tally'

const METRICS = 'metrics'
const SEEN = 'metrics-seen'

/** What a process answers. */
interface ProcessAnswer {
  /** Its own for as long as it lives; a number may be given again to another process. */
  readonly id: string
  readonly totals: ProcessTotals
  readonly state: ProcessState
  /** Of the leader. */
  readonly leader?: {
    readonly host: HostState
    /** The last that it knows of each process there was. */
    readonly known: Readonly<Record<string, ProcessTotals>>
  }
}

interface Seen {
  readonly id: string
  readonly totals: ProcessTotals
}

/** Has this process answer for itself. `conclude` counts what has ended and was not counted yet. */
export function provideMetrics(gateway: Gateway, tally: Tally, conclude: () => void): void {
  const { bus, role, resolver, journal } = gateway
  const id = `${process.pid} ${Date.now()}`
  const own = createProcessMetrics({
    counts: () => {
      conclude()
      return tally.counts()
    },
    resolver,
    journal,
    settings: () => {
      const { version: inForce, status } = gateway.settingsState()
      return { version: inForce, isValid: status.kind === 'ok' }
    },
  })
  if (!isLeader(role)) {
    bus.answer(METRICS, (): ProcessAnswer => ({ id, totals: own.totals(), state: own.state() }))
    process.on('exit', () => {
      bus.publish(SEEN, [{ id, totals: own.totals() }] satisfies Seen[])
    })
    return
  }
  const known = createKnownTotals<ProcessTotals>()
  const readHost = createHostReader(gateway)
  bus.subscribe(SEEN, (seen) => {
    for (const each of seen as Seen[]) known.keep(each.id, each.totals)
  })
  bus.answer(METRICS, async (): Promise<ProcessAnswer> => {
    const host = await readHost()
    return { id, totals: own.totals(), state: own.state(), leader: { host, known: known.all() } }
  })
}

function createHostReader(gateway: Gateway): () => Promise<HostState> {
  const { instanceDir, lists } = gateway
  const queue = createQueueFiles(join(instanceDir, 'queue'))
  return async () => {
    const { certificate: file } = gateway.settings().tls
    const notAfter = file === '' ? undefined : readNotAfter(resolve(instanceDir, 'config', file))
    const [{ messages, bytes, oldestAt }, fleet] = await Promise.all([queue.read(), gateway.fleet.state()])
    return {
      version,
      lists: lists.lists().map(listFacts),
      queue: { messages, bytes, ...(oldestAt !== undefined && { oldestAt }) },
      ...(fleet && { fleet }),
      quota: gateway.quota.known(),
      ...(file !== '' && { certificate: { file, ...(notAfter !== undefined && { notAfter }) } }),
    }
  }
}

interface Listener {
  readonly endpoint: string
  readonly kind: 'open' | 'failed'
}

/** All metrics of this host in the text format of Prometheus; what processes that ended have counted is in them. */
export async function metricsText(gateway: Gateway): Promise<string> {
  const [answered, facts] = await Promise.all([gateway.bus.ask(METRICS), gateway.facts.gather()])
  const answers = answered.flatMap(({ role, answer }) =>
    answer === undefined ? [] : [{ ...(answer as ProcessAnswer), role }],
  )
  const fresh = Object.fromEntries(answers.map(({ id, totals }) => [id, totals]))
  const leader = answers.find((answer) => answer.leader)?.leader
  const totals = sum(Object.values({ ...leader?.known, ...fresh }))
  // What was shown once must never be less the next time, whoever has ended by then.
  gateway.bus.publish(SEEN, answers.map(({ id, totals: own }) => ({ id, totals: own })) satisfies Seen[])
  if (!totals) throw new Error('no process has answered')
  const listeners = facts.flatMap((process) => (process.facts.listeners ?? []) as readonly Listener[])
  return write({
    now: Date.now(),
    totals,
    processes: answers.map(({ role, state }) => ({ role, ...state })),
    listeners: [...new Set(listeners.map(({ endpoint }) => endpoint))].toSorted().map((endpoint) => ({
      endpoint,
      isOpen: listeners.every((each) => each.endpoint !== endpoint || each.kind === 'open'),
    })),
    host: leader?.host,
  })
}

const write = (gathered: Gathered): Promise<string> =>
  AggregatorRegistry.aggregate([[...describeMetrics(gathered)]]).metrics()
