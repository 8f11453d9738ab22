import type { DnsAnswer, LookupOptions, Resolver } from '../../../plugins/lib/dns/types'
import type { Clock } from '../../../plugins/lib/clock'
import type { After } from '../../../plugins/lib/lists/health'
import type { Log } from '../../../plugins/lib/log'
import {
  secretsSchema,
  settingsSchema,
  type Secrets,
  type Settings,
} from '../../../plugins/lib/settings/schema'

export const nxdomain: DnsAnswer = { kind: 'nxdomain', ttlSeconds: 60 }

export function records(...addresses: string[]): DnsAnswer {
  return { kind: 'records', records: addresses, ttlSeconds: 60 }
}

export interface Question extends LookupOptions {
  readonly name: string
}

export interface ScriptedResolver extends Resolver {
  /** What was asked, in order. */
  readonly asked: Question[]
  /** What each name answers; all others do not exist. */
  readonly answers: Map<string, DnsAnswer>
  /** When set, the answer to everything. */
  always: DnsAnswer | undefined
}

export function createScriptedResolver(answers: Record<string, DnsAnswer> = {}): ScriptedResolver {
  const resolver: ScriptedResolver = {
    asked: [],
    answers: new Map(Object.entries(answers)),
    always: undefined,
    lookup(name, _type, options = {}) {
      resolver.asked.push({ name, ...options })
      return Promise.resolve(resolver.always ?? resolver.answers.get(name) ?? nxdomain)
    },
  }
  return resolver
}

export interface RecordedLog extends Log {
  readonly lines: string[]
}

export function createRecordedLog(): RecordedLog {
  const lines: string[] = []
  const write =
    (level: string) =>
    (line: string): void => {
      lines.push(`${level}: ${line}`)
    }
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    notice: write('notice'),
    warn: write('warn'),
    error: write('error'),
  }
}

export interface TestTime {
  readonly clock: Clock
  readonly after: After
  /** How many timers wait. */
  readonly pending: () => number
  /** Lets time pass, runs what falls due and waits until its promises have settled. */
  advance(ms: number): Promise<void>
}

export function createTestTime(): TestTime {
  let now = 1_700_000_000_000
  const timers = new Map<object, { readonly at: number; readonly run: () => void }>()
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    clock: { now: () => now, monotonic: () => now },
    after(delayMs, run) {
      const handle = {}
      timers.set(handle, { at: now + delayMs, run })
      return () => timers.delete(handle)
    },
    pending: () => timers.size,
    async advance(ms) {
      const until = now + ms
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due[0])
        now = Math.max(now, due[1].at)
        due[1].run()
        await settle()
      }
      now = until
      await settle()
    },
  }
}

export function parseSettings(settings: object): Settings {
  return settingsSchema.parse(settings)
}

export function parseSecrets(secrets: object = {}): Secrets {
  return secretsSchema.parse(secrets)
}
