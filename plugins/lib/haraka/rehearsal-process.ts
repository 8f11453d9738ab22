import { readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { REHEARSAL_PROCESS } from './process-role'
import { whyLeftOut } from './rehearsal-plugins'
import type { HarakaServer } from './types'

interface HarakaLogger {
  levels: Readonly<Record<string, number>>
  log_respond: (code: number, message: unknown, line: { level: string; data: string }) => void
}
type LoadingServer = HarakaServer & {
  notes: Record<string, unknown>
  readonly plugins: { server: unknown; load_plugins(names: readonly string[]): void }
}

const GRAVE = ['ERROR', 'CRIT', 'ALERT', 'EMERG']

export interface LoadOptions {
  /** Haraka's main file. */
  readonly haraka: string
  readonly instanceDir: string
  /** Plugins of others that may run. */
  readonly allowedPlugins: readonly string[]
  /** Takes what Haraka and its plugins log of their own troubles. */
  readonly onError: (line: string) => void
}

/**
 * Loads Haraka and the plugins of an instance into this process, which listens nowhere and serves nobody. Plugins
 * that a rehearsal leaves out are not loaded: they may open connections or files.
 */
export function loadHaraka(options: LoadOptions): void {
  const { haraka, instanceDir, allowedPlugins, onError } = options
  process.env.HARAKA = instanceDir
  // As haraka.js does: plugins find packages of the instance this way.
  process.env.NODE_PATH = [process.env.NODE_PATH, join(instanceDir, 'node_modules')].filter(Boolean).join(':')
  ;(Module as unknown as { _initPaths(): void })._initPaths()
  const load = createRequire(haraka)

  const logger = load('./logger') as HarakaLogger
  logger.log_respond = (_code, _message, { level, data }) => {
    if (GRAVE.includes(level)) onError(data)
  }
  // Some packages greet on the standard output, which belongs to the report.
  console.log = () => undefined
  const server = load('./server') as LoadingServer
  const named = namedPlugins(instanceDir)
  const isLeftOut = (name: string): boolean => whyLeftOut(name, allowedPlugins) !== undefined
  server.notes = { [REHEARSAL_PROCESS]: true, [NOT_LOADED]: named.filter(isLeftOut) }
  server.plugins.server = server
  server.plugins.load_plugins(named.filter((name) => !isLeftOut(name)))
}

const NOT_LOADED = 'gateway_not_loaded'

/** Plugins of config/plugins that this process has not loaded. */
export function notLoaded({ notes }: HarakaServer): readonly string[] {
  return (notes[NOT_LOADED] ?? []) as readonly string[]
}

/** The lines of config/plugins, as Haraka reads them. */
function namedPlugins(instanceDir: string): readonly string[] {
  const lines = readFileSync(join(instanceDir, 'config', 'plugins'), 'utf8').split('\n')
  return lines.map((line) => (line.split('#', 1)[0] ?? '').trim()).filter((line) => line !== '')
}
