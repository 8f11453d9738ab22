import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validateLists, type Provider } from '../../lib/lists'
import type { SettingsError, SettingsFile } from '../../lib/settings/errors'
import { parseSettings } from '../../lib/settings/parse'
import { withStateLock } from '../../lib/settings/save/lock'
import { publicFile, replaceFile, secretFile } from '../../lib/settings/replace-file'
import { instanceHostname, loadInstanceSettings, type Instance } from '../instance'
import type { Carried, CarriedKey } from './carried'
import { usedProviders } from './report'
import { addKeys, addLists, addSources, type Placed } from './settings-document'

export type Written =
  | {
      readonly kind: 'written'
      readonly placed: readonly Placed[]
      readonly newKeys: readonly CarriedKey[]
      /** Another key of the provider is there already, and stays. */
      readonly keptKeys: readonly CarriedKey[]
      /** Their lists came over, but no key, and there is none. */
      readonly missingKeys: readonly Provider[]
    }
  /** `now`: the instance's settings are invalid as they are; `then`: they would be with the import. */
  | { readonly kind: 'invalid'; readonly when: 'now' | 'then'; readonly errors: readonly SettingsError[] }

/**
 * Writes lists and keys into an instance's settings, if a running gateway would take them. Under the lock under which
 * the web page saves, so that neither is lost.
 */
export function writeInstance(instance: Instance, carried: Carried): Promise<Written> {
  return withStateLock(join(instance.dir, 'state'), 'settings', () => writeNow(instance, carried))
}

function writeNow(instance: Instance, { lists, keys, sources }: Carried): Written {
  const now = loadInstanceSettings(instance)
  if (now.kind === 'invalid') return { ...now, when: 'now' }

  const before = { settings: read(instance, 'gateway.yaml'), secrets: read(instance, 'gateway.secrets.yaml') }
  const { text: withLists, placed } = addLists(before.settings, lists)
  const settings = addSources(withLists, sources)
  const { text: secrets, newKeys, keptKeys } = addKeys(before.secrets, keys)
  const { configDir } = instance
  const context = { configDir, hostname: instanceHostname(instance), checks: [validateLists] }
  const then = parseSettings(settings, secrets, context)
  if (then.kind === 'invalid') return { ...then, when: 'then' }

  // Keys first: a running gateway takes the lists in force as soon as they are there.
  if (newKeys.length > 0) replace(instance, 'gateway.secrets.yaml', before.secrets, secrets)
  if (settings !== before.settings) replace(instance, 'gateway.yaml', before.settings, settings)
  const missingKeys = usedProviders(lists).filter((provider) => !then.secrets.providers[provider])
  return { kind: 'written', placed, newKeys, keptKeys, missingKeys }
}

/** Whoever edits the files by hand takes no lock. */
function replace(instance: Instance, file: SettingsFile, before: string, after: string): void {
  if (read(instance, file) !== before)
    throw new Error(`${file} was changed meanwhile; nothing written to it, run it again`)
  replaceFile(join(instance.configDir, file), after, file === 'gateway.yaml' ? publicFile : secretFile)
}

function read({ configDir }: Instance, file: SettingsFile): string {
  const path = join(configDir, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
