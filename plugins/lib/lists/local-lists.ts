import { join } from 'node:path'
import type { Log } from '../log'
import { createLocalList, type LocalList } from './local-list'

/** The list files of the settings, each opened once however many lists name it. */
export interface LocalLists {
  /** Opens the files that are new and closes those that are gone. */
  open(files: readonly string[]): void
  get(file: string): LocalList | undefined
  close(): void
}

export interface LocalListsOptions {
  readonly configDir: string
  readonly log: Log
  readonly pollMs?: number | undefined
}

export function createLocalLists({ configDir, log, pollMs }: LocalListsOptions): LocalLists {
  const lists = new Map<string, LocalList>()

  const open = (files: readonly string[]): void => {
    const wanted = new Set(files)
    for (const [file, list] of lists) {
      if (wanted.has(file)) continue
      list.close()
      lists.delete(file)
    }
    for (const file of wanted) {
      if (lists.has(file)) continue
      lists.set(file, createLocalList({ path: join(configDir, file), label: file, log, pollMs }))
    }
  }

  return {
    open,
    get: (file) => lists.get(file),
    close() {
      open([])
    },
  }
}
