import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile, secretFile } from '../settings/replace-file'

/** The revision of a document that this node took last, and how its text was then. */
export interface Base {
  readonly revision: number
  readonly fingerprint: string
}

/** Kept over restarts, so that a node knows what has changed while it was away. */
export interface Bases {
  get(name: string): Base | undefined
  set(name: string, base: Base): void
  names(): readonly string[]
}

const stored = z.strictObject({
  /** Of another fleet, revisions mean nothing. */
  fleet: z.string(),
  documents: z.record(z.string(), z.strictObject({ revision: z.int().min(1), fingerprint: z.string() })),
})

export function createBases(file: string, fleet: string): Bases {
  const known = new Map(Object.entries(read(file, fleet)))
  return {
    get: (name) => known.get(name),
    set(name, base) {
      known.set(name, base)
      const documents = Object.fromEntries(known)
      replaceFile(file, JSON.stringify({ fleet, documents } satisfies z.input<typeof stored>), secretFile)
    },
    names: () => [...known.keys()],
  }
}

function read(file: string, fleet: string): Record<string, Base> {
  try {
    const found = stored.parse(JSON.parse(readFileSync(file, 'utf8')))
    return found.fleet === fleet ? found.documents : {}
  } catch {
    return {}
  }
}
