import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log'
import { type LoadedSettings, loadTexts, type SettingsTexts } from './load'
import type { SettingsContext } from './parse'

/**
 * A copy of the settings that were last in force. A worker that dies while a bad edit stands in gateway.yaml, or a
 * machine that restarts then, goes on with these: a gateway that does not start takes no mail.
 */
export interface LastGood {
  save(texts: SettingsTexts): void
  load(): LoadedSettings | undefined
}

export interface LastGoodOptions {
  /** Holds secrets, so it is made for its owner only. */
  readonly folder: string
  readonly context: SettingsContext
  readonly log: Log
}

export function createLastGood({ folder, context, log }: LastGoodOptions): LastGood {
  const file = join(folder, 'settings.json')
  return {
    save(texts) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        // Every process keeps it: the first that applied an edit may be the only one before the next edit.
        const next = `${file}.${process.pid}`
        writeFileSync(next, JSON.stringify(texts), { mode: 0o600 })
        renameSync(next, file)
      } catch (error) {
        log.warn(
          `settings: no copy of the good settings could be kept in ${folder}: ${(error as Error).message}`,
        )
      }
    },

    load() {
      try {
        const texts = JSON.parse(readFileSync(file, 'utf8')) as SettingsTexts
        const result = loadTexts(texts, context)
        return result.kind === 'ok' ? result.loaded : undefined
      } catch {
        return undefined
      }
    },
  }
}
