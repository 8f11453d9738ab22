import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { stampOf } from '../files'
import { formatPath } from '../format-errors'
import type { SettingsPath } from '../errors'
import { replaceFile, secretFile } from '../replace-file'
import { secretPaths } from './secret-change'
import { valueAt } from '../edit/merge'

const recordSchema = z.object({
  /** Of gateway.secrets.yaml as it was saved last: another one was written by hand. */
  stamp: z.string(),
  /** By path, `providers.abusix.key`: milliseconds since the epoch. */
  setAt: z.record(z.string(), z.number()),
})

type SecretRecord = z.output<typeof recordSchema>

/** When each secret was set. Nothing of the secrets themselves. */
export interface SecretTimes {
  of(path: SettingsPath): number | undefined
  /** Whether the file is as it was saved last. */
  isKnown(): boolean
  /** Takes note of the file as it is now, in which these have changed. */
  note(changed: readonly SettingsPath[], time: number): void
}

export function createSecretTimes(file: string, secretsFile: string): SecretTimes {
  const read = (): SecretRecord => {
    try {
      return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return { stamp: '', setAt: {} }
    }
  }
  return {
    of: (path) => read().setAt[formatPath(path)],
    isKnown: () => read().stamp === stampOf(secretsFile),
    note(changed, time) {
      const setAt = new Map(Object.entries(read().setAt))
      for (const path of changed) setAt.set(formatPath(path), time)
      const record: SecretRecord = { stamp: stampOf(secretsFile), setAt: Object.fromEntries(setAt) }
      replaceFile(file, JSON.stringify(record), secretFile)
    },
  }
}

/** Secrets that are other ones than before, or gone, or new. */
export function changedSecrets(before: unknown, after: unknown): readonly SettingsPath[] {
  const paths = [...secretPaths(before), ...secretPaths(after)]
  const byName = new Map(paths.map((path) => [formatPath(path), path]))
  return [...byName.values()].filter((path) => valueAt(before, path) !== valueAt(after, path))
}
