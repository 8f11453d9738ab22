import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { prepareFile, type PreparedFile, secretFile } from '../replace-file'

/** How a version came to be: saved in the page, through the API, by hand in the file, put back, or by another gateway. */
export const vias = ['ui', 'api', 'file', 'rollback', 'fleet'] as const

const headSchema = z.object({
  /** Milliseconds since the epoch. */
  time: z.number(),
  by: z.string(),
  via: z.enum(vias),
  note: z.string().optional(),
  /** Of gateway.yaml; the same as before it when only secrets changed. */
  version: z.string(),
  /** Settings that changed: `dns.timeout`. Those of gateway.secrets.yaml by name only. */
  summary: z.array(z.string()),
})

/** A version of the settings that was in force, without its text. */
export interface HistoryEntry extends Readonly<z.output<typeof headSchema>> {
  readonly id: string
}

/**
 * The versions of gateway.yaml, newest first, a file each: a line of JSON about it, then its text. Secrets are in
 * none of them. The oldest go when there are many.
 */
export interface History {
  list(limit?: number): readonly HistoryEntry[]
  get(id: string): { readonly entry: HistoryEntry; readonly text: string } | undefined
  latest(): HistoryEntry | undefined
  /** The version before another. */
  before(id: string): string | undefined
  /** The text of a version, as long as it is kept. */
  textOf(version: string): string | undefined
  /** Writes an entry, which appears with its `commit`. */
  prepare(entry: Omit<HistoryEntry, 'id'>, text: string): { readonly id: string; readonly file: PreparedFile }
  prune(): void
}

export interface HistoryOptions {
  readonly folder: string
  readonly maxEntries?: number
  readonly maxBytes?: number
}

const idForm = /^\d{13,16}-\w{1,64}$/
const maxHeadBytes = 65_536

export function createHistory({ folder, maxEntries = 200, maxBytes = 67_108_864 }: HistoryOptions): History {
  const path = (id: string): string => join(folder, id)
  const ids = (): string[] =>
    (existsSync(folder) ? readdirSync(folder).filter((id) => idForm.test(id)) : []).sort().reverse()
  const entries = (from: readonly string[]): HistoryEntry[] =>
    from.flatMap((id) => {
      const head = parseHead(readHead(path(id)))
      return head ? [{ id, ...head }] : []
    })

  return {
    list: (limit = maxEntries) => entries(ids().slice(0, limit)),
    get(id) {
      if (!idForm.test(id) || !existsSync(path(id))) return undefined
      const whole = readFileSync(path(id), 'utf8')
      const end = whole.indexOf('\n')
      const head = parseHead(whole.slice(0, end))
      return head && { entry: { id, ...head }, text: whole.slice(end + 1) }
    },
    latest: () => entries(ids().slice(0, 1))[0],
    before: (id) => ids().find((other) => other < id),
    textOf(version) {
      const id = ids().find((other) => other.endsWith(`-${version}`))
      return id === undefined ? undefined : this.get(id)?.text
    },
    prepare(entry, text) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // Two in one millisecond stay in their order.
      const time = Math.max(entry.time, Number(ids()[0]?.split('-')[0] ?? 0) + 1)
      const id = `${time}-${entry.version}`
      return { id, file: prepareFile(path(id), `${JSON.stringify({ ...entry, time })}\n${text}`, secretFile) }
    },
    prune() {
      let [count, bytes] = [0, 0]
      for (const id of ids()) {
        bytes += statSync(path(id), { throwIfNoEntry: false })?.size ?? 0
        // The last two are kept whatever their size: the one in force, and the one to go back to.
        if (++count > maxEntries || (bytes > maxBytes && count > 2)) rmSync(path(id), { force: true })
      }
    },
  }
}

/** Of a file that may be some megabytes long. */
function readHead(path: string): string {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(maxHeadBytes)
      const length = readSync(descriptor, buffer)
      return buffer.toString('utf8', 0, length).split('\n', 1)[0] ?? ''
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}

/** Undefined for a file that somebody damaged: the others are still of use. */
function parseHead(line: string): z.output<typeof headSchema> | undefined {
  try {
    return headSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
