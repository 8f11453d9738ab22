import { hostname as osHostname } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock'
import { createDnsClient, type DnsClient } from '../dns'
import { createBus, type Bus } from '../haraka/bus'
import { harakaLog } from '../haraka/log'
import { createOpenSessions, type OpenSessions } from '../haraka/open-sessions'
import { isLeader, processRole, type ProcessRole } from '../haraka/process-role'
import { handleSignals } from '../haraka/signals'
import type { HarakaPlugin, HarakaServer } from '../haraka/types'
import { recordSessions } from '../journal/hooks'
import { createJournal, type Journal } from '../journal/journal'
import { createHealth, createListEngine, validateLists, type ListEngine } from '../lists'
import type { Log } from '../log'
import { countFindings } from '../metrics/count-findings'
import { listNamedIn } from '../metrics/named-list'
import { createTally } from '../metrics/tally'
import { createSettingsStore } from '../settings/store'
import type { Secrets, Settings } from '../settings/schema'
import { shareListHealth } from './list-health'

/** What the plugins of one process share: settings, DNS client, lists, and the way to the other processes. */
export interface Gateway {
  readonly server: HarakaServer
  readonly role: ProcessRole
  readonly bus: Bus
  readonly log: Log
  readonly sessions: OpenSessions
  readonly resolver: DnsClient
  readonly lists: ListEngine
  readonly journal: Journal
  /** The name this gateway greets with (config/me). */
  readonly hostname: string
  readonly instanceDir: string
  settings(): Settings
  secrets(): Secrets
  /** Calls the listener with the settings in force, now and after each change. */
  onSettings(listener: (settings: Settings, secrets: Secrets) => void): void
}

let shared: Gateway | undefined

/** The gateway of this process; the first plugin that asks creates it. */
export function useGateway(plugin: HarakaPlugin): Gateway {
  return (shared ??= createGateway(plugin))
}

function createGateway(plugin: HarakaPlugin): Gateway {
  const server = plugin.haraka_require('server') as HarakaServer
  const role = processRole(server)
  const log = harakaLog(plugin)
  const clock = systemClock
  const instanceDir = process.env.HARAKA ?? process.cwd()
  const configDir = join(instanceDir, 'config')
  const hostname = server.config.get('me') ?? osHostname()
  const bus = createBus(role)
  handleSignals(role, bus)

  const store = createSettingsStore({
    configDir,
    clock,
    log,
    hostname,
    checks: [validateLists],
    lastGood: { folder: join(instanceDir, 'state') },
  })
  const { settings } = store.current()
  const resolver = createDnsClient({ settings: dnsSettings(settings), clock, log })
  const health = createHealth({ clock, log, retestMs: settings.dns.retest * 1000 })
  const tally = createTally((reply) => listNamedIn(reply, lists.lists()))
  const lists = countFindings(
    createListEngine({ resolver, health, clock, log, configDir, hostname }),
    tally.findings,
  )
  const journal = createJournal({ instanceDir, log, prunes: isLeader(role), records: role !== 'master' })

  const gateway: Gateway = {
    server,
    role,
    bus,
    log,
    sessions: createOpenSessions(),
    resolver,
    lists,
    journal,
    hostname,
    instanceDir,
    settings: () => store.current().settings,
    secrets: () => store.current().secrets,
    onSettings(listener) {
      const tell = (): void => {
        listener(store.current().settings, store.current().secrets)
      }
      store.onChange(tell)
      tell()
    },
  }
  gateway.onSettings((current, secrets) => {
    resolver.reconfigure(dnsSettings(current))
    lists.configure(current, secrets)
    journal.configure(current.journal)
  })
  const tellEndings = recordSessions(plugin, { journal, settings: gateway.settings, counts: tally })
  process.on('exit', () => {
    tellEndings()
    journal.close()
  })
  shareListHealth(health, bus, role)
  return gateway
}

const dnsSettings = ({ dns }: Settings) => ({ servers: dns.servers, timeoutMs: dns.timeout })
