import { stringify } from 'yaml'
import { fingerprint } from '../fingerprint'
import { applyChanges, type Change } from './edit/change'
import { valueAt } from './edit/merge'
import { editYaml } from './edit/yaml-edit'
import type { SettingsPath } from './errors'
import { OWN_BY_DEFAULT } from './own-by-default'
import { readYaml } from './yaml-text'

/**
 * Gateways of a fleet have one gateway.yaml, apart from what each keeps to itself: how it finds the fleet, and the
 * settings that `fleet.own` names. That list is shared, so all of them mean the same.
 */

const ALWAYS_OWN: readonly SettingsPath[] = [
  ['fleet', 'redis'],
  ['fleet', 'name'],
  ['fleet', 'node'],
]

/** The text without what its gateway keeps to itself. A text that is no settings stays as it is. */
export function sharedText(text: string): string {
  const written = valueOf(text)
  return written === undefined ? text : textOf(text, withoutOwn(written, ownPaths(written)))
}

/** The shared text, with what the gateway whose text is `own` keeps to itself. */
export function withOwn(shared: string, own: string): string {
  const written = valueOf(shared)
  if (written === undefined) return shared
  const here = valueOf(own) ?? {}
  const paths = ownPaths(written)
  const kept = paths.flatMap((path): Change[] => {
    const value = valueAt(here, path)
    return value === undefined ? [] : [{ path, value }]
  })
  const base = withoutOwn(written, paths)
  const changed = applyChanges(base, kept)
  return textOf(shared, changed.kind === 'ok' ? changed.value : base)
}

/** Equal for texts that say the same, whatever their comments and the order of their keys. */
export function sharedFingerprint(text: string): string {
  const written = valueOf(text)
  const said =
    written === undefined ? text : JSON.stringify(withoutOwn(written, ownPaths(written)), sortedKeys)
  return fingerprint(said)
}

function ownPaths(written: object): readonly SettingsPath[] {
  const named = valueAt(written, ['fleet', 'own'])
  const own = Array.isArray(named) ? named.filter((each) => typeof each === 'string') : OWN_BY_DEFAULT
  return [...ALWAYS_OWN, ...own.map((each) => each.split('.'))]
}

function withoutOwn(written: object, paths: readonly SettingsPath[]): object {
  return paths.reduce((value, path) => {
    const changed = applyChanges(value, [{ path: lastOfItsMaps(value, path) }])
    return changed.kind === 'ok' ? changed.value : value
  }, written)
}

/** A map that would be left empty goes too: a gateway that writes nothing there says the same. */
function lastOfItsMaps(value: object, path: SettingsPath): SettingsPath {
  let end = path.length
  if (valueAt(value, path) === undefined) return path
  while (end > 1 && Object.keys(valueAt(value, path.slice(0, end - 1)) as object).length === 1) end--
  return path.slice(0, end)
}

const textOf = (text: string, wanted: object): string =>
  editYaml(text, wanted) ?? stringify(wanted, { lineWidth: 0 })

function valueOf(text: string): object | undefined {
  const yaml = readYaml(text)
  const value = yaml.kind === 'ok' ? (yaml.value ?? {}) : undefined
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined
}

const sortedKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value
