import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What waits in the outbound queue, as its files say: any process may look, whoever delivers them. */
export interface QueueState {
  /** One for each domain of a message. */
  readonly messages: number
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly oldestAt?: number
  /** Most first. */
  readonly byDomain: readonly { readonly domain: string; readonly messages: number }[]
}

export interface QueueFiles {
  read(): Promise<QueueState>
}

interface QueueFile {
  readonly bytes: number
  readonly domain: string
}

/** Files that are looked into at once; the rest next time. */
const MAX_NEW = 500
const MAX_ENVELOPE = 65_536
const MAX_DOMAINS = 50

/** Files never change, so each is looked into once. */
export function createQueueFiles(folder: string): QueueFiles {
  let known = new Map<string, QueueFile>()
  return {
    async read() {
      // arrival_next_attempts_PID_id_counter_host; others are being written.
      const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+_\d+_\d+_\d+_/.test(name))
      const before = known
      known = new Map()
      let budget = MAX_NEW
      for (const name of names) {
        const file = before.get(name) ?? (budget-- > 0 ? await readFile(join(folder, name)) : undefined)
        if (file) known.set(name, file)
      }
      return summarise(names, [...known.values()])
    },
  }
}

function summarise(names: readonly string[], files: readonly QueueFile[]): QueueState {
  const domains = new Map<string, number>()
  for (const { domain } of files) domains.set(domain, (domains.get(domain) ?? 0) + 1)
  const arrivals = names.map((name) => Number.parseInt(name, 10))
  const byDomain = [...domains].map(([domain, messages]) => ({ domain, messages }))
  return {
    messages: names.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(arrivals.length > 0 && { oldestAt: arrivals.reduce((least, at) => Math.min(least, at)) }),
    byDomain: byDomain.toSorted((a, b) => b.messages - a.messages).slice(0, MAX_DOMAINS),
  }
}

/** Four bytes of length, the envelope as JSON, the message. Undefined when it was delivered meanwhile. */
async function readFile(path: string): Promise<QueueFile | undefined> {
  try {
    const { size } = await stat(path)
    const file = await open(path)
    try {
      const head = Buffer.alloc(4)
      await file.read(head, 0, 4, 0)
      const text = Buffer.alloc(Math.min(head.readUInt32BE(), MAX_ENVELOPE))
      await file.read(text, 0, text.length, 4)
      const { domain } = JSON.parse(text.toString()) as { domain?: unknown }
      return { bytes: size, domain: typeof domain === 'string' ? domain : '' }
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}
