import { setMaxListeners } from 'node:events'
import type { Resolver } from '../dns/types'
import type { Endpoint } from '../haraka/endpoints'
import type { SettingsPath } from '../settings/errors'
import type { Secrets, Settings } from '../settings/schema'
import { certificateTrial } from './certificate'
import { contactTrials } from './contacts'
import { dnsTrials } from './dns-servers'
import { listTrials } from './lists'
import { nextHopTrials } from './next-hops'
import { portTrials } from './ports'

/** What a setting that is written right may still be in trouble with here and now. */
export interface Warning {
  readonly path: SettingsPath
  readonly message: string
}

export interface SettingsPair {
  readonly settings: Settings
  readonly secrets: Secrets
}

export interface TrialOptions {
  /** To be tried. */
  readonly next: SettingsPair
  /** In force: what is the same there is not tried. */
  readonly now: SettingsPair
  readonly configDir: string
  readonly instanceDir: string
  readonly hostname: string
  readonly resolver: Resolver
  /** Opens a port and closes it again; what went wrong, if anything. */
  readonly tryPort: (endpoint: Endpoint) => Promise<PortFault | undefined>
  /** For all of it. */
  readonly limitMs?: number
}

export interface PortFault {
  readonly code?: string
  readonly message: string
}

/** One thing to try; what comes of it may not be there in time. */
export interface Trial {
  readonly path: SettingsPath
  /** `next hop a.example` */
  readonly what: string
  /** What went wrong, in words for people. The signal ends it early. */
  run(signal: AbortSignal): Promise<readonly string[]>
}

const LIMIT_MS = 5000
const maxTrials = 50

/** Tries what is new in the settings, all at once. Never rejects. */
export async function tryOut(options: TrialOptions): Promise<readonly Warning[]> {
  const trials = [
    ...portTrials(options),
    ...certificateTrial(options),
    ...contactTrials(options),
    ...dnsTrials(options),
    ...listTrials(options),
    ...nextHopTrials(options),
  ]
  const { limitMs = LIMIT_MS } = options
  const ending = new AbortController()
  // Each trial listens, and its connection too; Node takes more than ten for a leak.
  setMaxListeners(2 * maxTrials, ending.signal)
  const timer = setTimeout(() => {
    ending.abort()
  }, limitMs)
  const warnings = await Promise.all(
    trials.slice(0, maxTrials).map((trial) => outcome(trial, ending.signal, limitMs)),
  )
  clearTimeout(timer)
  ending.abort()
  const left = trials.length - maxTrials
  const untried = left > 0 ? [{ path: [], message: `${left} more changes were not tried out` }] : []
  return [...warnings.flat(), ...untried]
}

async function outcome(trial: Trial, signal: AbortSignal, limitMs: number): Promise<readonly Warning[]> {
  const { path, what } = trial
  const late = new Promise<readonly string[]>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve([`${what}: nothing came of it within ${limitMs / 1000} s`])
      },
      { once: true },
    )
  })
  const failed = (error: unknown): string[] => [`${what}: ${(error as Error).message}`]
  const messages = await Promise.race([trial.run(signal).catch(failed), late])
  return messages.map((message) => ({ path, message }))
}
