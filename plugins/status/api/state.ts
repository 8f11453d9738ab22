import { monitorEventLoopDelay } from 'node:perf_hooks'
import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import type { FactsOfProcess } from '../../lib/gateway/process-facts'
import { version } from '../../lib/version'
import { readCertificate } from '../certificate-state'
import type { Services } from '../services'
import { route, type Route } from './route'

/** What each process tells about itself. */
interface ProcessState {
  readonly uptimeS: number
  readonly memoryBytes: number
  readonly sessions: number
  /** Of 99 in 100 turns of the last minutes, in milliseconds. */
  readonly eventLoopDelayMs: number
  readonly settingsVersion: string
}

interface ListenerState {
  readonly endpoint: string
  readonly kind: 'open' | 'failed'
  readonly reason?: string
}

const STATE = 'state'
const LISTENERS = 'listeners'
const DELAY_RESET_MS = 120_000

/** Has this process answer for itself, the master too. */
export function provideState(gateway: Gateway): void {
  const delay = monitorEventLoopDelay({ resolution: 50 })
  delay.enable()
  setInterval(() => {
    delay.reset()
  }, DELAY_RESET_MS).unref()
  gateway.facts.provide(STATE, (): ProcessState => ({
    uptimeS: Math.round(process.uptime()),
    memoryBytes: process.memoryUsage.rss(),
    sessions: [...gateway.sessions].length,
    // What it measures includes the time between its looks.
    eventLoopDelayMs: Math.max(0, Math.round(delay.percentile(99) / 1e6 - 50)),
    settingsVersion: gateway.settingsState().version,
  }))
}

const certificate = z.strictObject({
  file: z.string(),
  subject: z.string(),
  names: z.array(z.string()),
  notAfter: z.number().optional(),
  daysLeft: z.number().optional(),
  fault: z.string().optional(),
})

export const stateAnswer = z.strictObject({
  hostname: z.string(),
  version: z.string(),
  startedAt: z.number(),
  workers: z.array(
    z.strictObject({
      pid: z.number(),
      role: z.enum(['master', 'worker', 'single']),
      uptimeS: z.number(),
      memoryBytes: z.number(),
      sessions: z.number(),
      eventLoopDelayMs: z.number(),
      settingsVersion: z.string(),
    }),
  ),
  listeners: z.array(
    z.strictObject({
      endpoint: z.string(),
      state: z.enum(['listening', 'failed']),
      fault: z.string().optional(),
    }),
  ),
  certificate: certificate.nullable(),
  queue: z.strictObject({
    messages: z.number(),
    bytes: z.number(),
    oldestAt: z.number().optional(),
    byDomain: z.array(z.strictObject({ domain: z.string(), messages: z.number() })),
  }),
  settings: z.strictObject({
    version: z.string(),
    kind: z.enum(['ok', 'invalid']),
    errors: z.array(z.looseObject({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
    since: z.number(),
  }),
  shadow: z.boolean(),
})

export const stateRoutes = ({ queue, clock }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/state',
    access: 'reader',
    summary: 'How the gateway is: processes, listeners, certificate, queue, settings',
    answer: stateAnswer,
    async handle({ gateway }) {
      const [processes, waiting] = await Promise.all([gateway.facts.gather(), queue.read()])
      const { tls, shadow } = gateway.settings()
      const { version: settingsVersion, status } = gateway.settingsState()
      return {
        body: {
          hostname: gateway.hostname,
          version,
          startedAt: startOf(processes, clock.now()),
          workers: processes.flatMap(workerOf),
          listeners: listenersOf(processes),
          certificate: readCertificate(gateway, tls.certificate, clock.now()),
          queue: waiting,
          settings: {
            version: settingsVersion,
            kind: status.kind,
            errors: status.kind === 'ok' ? [] : status.errors,
            since: status.since,
          },
          shadow,
        },
      }
    },
  }),
]

function workerOf({ pid, role, facts }: FactsOfProcess) {
  const state = facts[STATE] as ProcessState | undefined
  return state ? [{ pid, role, ...state }] : []
}

/** Of the process that is there longest, which in cluster mode is the master. */
function startOf(processes: readonly FactsOfProcess[], now: number): number {
  const uptimes = processes.map(({ facts }) => (facts[STATE] as ProcessState | undefined)?.uptimeS ?? 0)
  return now - Math.max(0, ...uptimes) * 1000
}

/** A listener that fails in one process is one to look at. */
function listenersOf(processes: readonly FactsOfProcess[]) {
  const states = processes.flatMap(({ facts }) => (facts[LISTENERS] ?? []) as readonly ListenerState[])
  const endpoints = [...new Set(states.map(({ endpoint }) => endpoint))].toSorted()
  return endpoints.map((endpoint) => {
    const failed = states.find((state) => state.endpoint === endpoint && state.kind === 'failed')
    if (!failed) return { endpoint, state: 'listening' }
    return { endpoint, state: 'failed', ...(failed.reason !== undefined && { fault: failed.reason }) }
  })
}
