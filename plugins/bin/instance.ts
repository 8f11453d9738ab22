import { existsSync, readFileSync } from 'node:fs'
import { hostname as osHostname } from 'node:os'
import { join, resolve } from 'node:path'
import { validateLists } from '../lib/lists'
import { silentLog } from '../lib/log'
import { createLastGood } from '../lib/settings/last-good'
import { loadSettings, type LoadedSettings, type LoadResult } from '../lib/settings/load'
import type { SettingsContext } from '../lib/settings/parse'
import { UsageError } from './usage-error'

/** An instance folder as the command line names it. */
export interface Instance {
  /** As given, for messages. */
  readonly name: string
  readonly dir: string
  readonly configDir: string
}

/** The only argument of a command that works on an instance. */
export function parseInstance(command: string, args: readonly string[]): Instance {
  const [name, ...more] = args
  if (!name || more.length > 0) throw new UsageError(`${command} takes one folder`)
  return openInstance(name)
}

export function openInstance(name: string): Instance {
  const dir = resolve(name)
  if (!existsSync(join(dir, 'config', 'plugins'))) {
    throw new Error(`${name} is not an instance (no config/plugins); create one: haraka-gateway init ${name}`)
  }
  return { name, dir, configDir: join(dir, 'config') }
}

/** The hostname this gateway greets with: Haraka's config/me. */
export function instanceHostname({ configDir }: Instance): string {
  const me = join(configDir, 'me')
  return (existsSync(me) && readFileSync(me, 'utf8').trim()) || osHostname()
}

/** The settings by the same code as in a running gateway. */
export function loadInstanceSettings(instance: Instance): LoadResult {
  return loadSettings(instance.configDir, contextOf(instance))
}

/** What a gateway starts with while gateway.yaml is bad, if it ran before. */
export function loadLastGoodSettings(instance: Instance): LoadedSettings | undefined {
  const folder = join(instance.dir, 'state')
  return createLastGood({ folder, context: contextOf(instance), log: silentLog }).load()
}

const contextOf = (instance: Instance): SettingsContext => ({
  configDir: instance.configDir,
  hostname: instanceHostname(instance),
  checks: [validateLists],
})
