import { isDeepStrictEqual } from 'node:util'
import type { SettingsPath } from '../errors'
import { differences, type Change } from './change'

/** Two people changed the same setting, or one the setting and the other what it is part of. */
export interface Conflict {
  readonly path: SettingsPath
  /** `undefined` where nothing is written. */
  readonly base?: unknown
  readonly theirs?: unknown
  readonly mine?: unknown
}

export interface Merge {
  /** Those of my changes that can be made to the settings as they are now. */
  readonly merged: readonly Change[]
  readonly conflicts: readonly Conflict[]
}

/** My changes, made for `base`, after others have made `current` of it. */
export function mergeChanges(base: unknown, current: unknown, mine: readonly Change[]): Merge {
  const theirs = differences(base, current)
  const merged: Change[] = []
  const conflicts: Conflict[] = []
  for (const change of mine) {
    const { path, value } = change
    const now = valueAt(current, path)
    if (isDeepStrictEqual(now, value)) continue
    if (theirs.some((other) => overlap(other.path, path))) {
      conflicts.push({ path, base: valueAt(base, path), theirs: now, mine: value })
    } else {
      merged.push(change)
    }
  }
  return { merged, conflicts }
}

/** Whether one of them is, or is part of, the other. */
function overlap(a: SettingsPath, b: SettingsPath): boolean {
  const length = Math.min(a.length, b.length)
  return isDeepStrictEqual(a.slice(0, length).map(String), b.slice(0, length).map(String))
}

export function valueAt(value: unknown, path: SettingsPath): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (Reflect.get(inner, step) as unknown)
        : undefined,
    value,
  )
}
