import { hostname as osHostname } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock'
import { createDnsClient, type DnsClient } from '../dns'
import { createBus, type Bus } from '../haraka/bus'
import { harakaLog } from '../haraka/log'
import { createOpenSessions, type OpenSessions } from '../haraka/open-sessions'
import { isLeader, processRole, type ProcessRole } from '../haraka/process-role'
import { createSharedPorts, type SharedPorts } from '../haraka/shared-ports'
import { handleSignals } from '../haraka/signals'
import type { HarakaPlugin, HarakaServer } from '../haraka/types'
import { recordSessions } from '../journal/hooks'
import { createJournal, type Journal } from '../journal/journal'
import { createHealth, createListEngine, validateLists, type Health, type ListEngine } from '../lists'
import type { Log } from '../log'
import { countFindings } from '../metrics/count-findings'
import { provideMetrics } from '../metrics'
import { listNamedIn } from '../metrics/named-list'
import { createTally } from '../metrics/tally'
import { createKeyCounts } from '../quota/key-counts'
import { createSettingsStore } from '../settings/store'
import type { Settings } from '../settings/schema'
import { createAllowedSenders, type AllowedSenders } from './allowed-senders'
import { createFleetDesk, type FleetDesk } from './fleet-desk'
import { joinFleet } from './join-fleet'
import { shareListHealth } from './list-health'
import type { Previews } from './previews'
import { createProcessFacts, type ProcessFacts } from './process-facts'
import { countProviderQueries, createProviderQuota, type ProviderQuota } from './provider-quota'
import { shareSettings, type SharedSettings } from './shared-settings'
import { createSettingsEditing, type SettingsEditing } from './settings-editing'
import { shareSettingsInFleet } from './share-settings'

/** What the plugins of one process share: settings, DNS client, lists, and the way to the other processes. */
export interface Gateway extends SharedSettings {
  readonly server: HarakaServer
  /** Loads one of Haraka's own modules: `connection`. */
  readonly harakaRequire: (module: string) => unknown
  readonly role: ProcessRole
  readonly bus: Bus
  readonly log: Log
  readonly sessions: OpenSessions
  readonly resolver: DnsClient
  readonly lists: ListEngine
  readonly health: Health
  readonly journal: Journal
  readonly allowedSenders: AllowedSenders
  /** Ports that all processes open together. */
  readonly ports: SharedPorts
  /** What this process can tell about itself, for whoever asks all of them. */
  readonly facts: ProcessFacts
  readonly previews: Previews
  /** The name this gateway greets with (config/me). */
  readonly hostname: string
  readonly instanceDir: string
  /** For those who change settings, and for plugins that can't do what settings ask for. */
  readonly editing: SettingsEditing
  readonly fleet: FleetDesk
  readonly quota: ProviderQuota
}

let created: Gateway | undefined

/** The gateway of this process; the first plugin that asks creates it. */
export function useGateway(plugin: HarakaPlugin): Gateway {
  return (created ??= createGateway(plugin))
}

/** The gateway of this process, once a plugin has asked for it. */
export const gatewayInUse = (): Gateway | undefined => created

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

  const context = { configDir, hostname, checks: [validateLists] }
  const lastGood = role === 'rehearsal' ? {} : { lastGood: { folder: join(instanceDir, 'state') } }
  const store = createSettingsStore({ ...context, ...lastGood, clock, log })
  const { settings } = store.current()
  const keyCounts = createKeyCounts()
  const resolver = createDnsClient({ settings: dnsSettings(settings), clock, log, onSent: keyCounts.sent })
  const health = createHealth({ clock, log, retestMs: settings.dns.retest * 1000 })
  const tally = createTally((reply) => listNamedIn(reply, lists.lists()))
  const engine = createListEngine({ resolver, health, clock, log, configDir, hostname })
  const lists = countFindings(engine, tally.findings)
  const records = role === 'worker' || role === 'single'
  const journal = createJournal({ instanceDir, log, prunes: isLeader(role), records })

  const settingsNow = (): Settings => store.current().settings
  const fleet = createFleetDesk({ bus, role, settings: settingsNow })
  const sharing = shareSettingsInFleet(fleet, settingsNow)
  const quota = createProviderQuota({ bus })
  const gateway: Gateway = {
    server,
    harakaRequire: (module) => plugin.haraka_require(module),
    role,
    bus,
    log,
    sessions: createOpenSessions(),
    resolver,
    lists,
    health,
    journal,
    allowedSenders: createAllowedSenders({ configDir, log }),
    ports: createSharedPorts(role, bus),
    facts: createProcessFacts(bus),
    previews: {},
    hostname,
    instanceDir,
    editing: createSettingsEditing({ store, context, instanceDir, bus, role, resolver, log, sharing }),
    fleet,
    quota,
    ...shareSettings(store),
  }
  followSettings(gateway)
  const tellEndings = recordSessions(plugin, { journal, settings: () => gateway.settings(), counts: tally })
  provideMetrics(gateway, tally, tellEndings)
  process.on('exit', () => {
    tellEndings()
    journal.close()
  })
  shareListHealth(health, bus, role)
  const membership = isLeader(role) ? joinFleet(gateway, fleet, store) : undefined
  countProviderQueries(gateway, quota, keyCounts, () => membership?.fleet())
  return gateway
}

function followSettings(gateway: Gateway): void {
  gateway.onSettings((settings, secrets) => {
    gateway.resolver.reconfigure(dnsSettings(settings))
    gateway.lists.configure(settings, secrets)
    gateway.journal.configure(settings.journal)
    gateway.allowedSenders.configure(settings.allowed_senders)
  })
}

const dnsSettings = ({ dns }: Settings) => ({ servers: dns.servers, timeoutMs: dns.timeout })
