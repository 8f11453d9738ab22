import { reasonOf } from '../lib/error-text'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../lib/clock'
import type { Log } from '../lib/log'
import { accepted, refused, type Delivery, type Envelope } from './delivery'
import { createLocalForm } from './local-form'
import { storageFailed, storageFull } from '../lib/haraka/replies'

export interface MaildirOptions {
  /** Absolute path; created when it is missing. */
  readonly directory: string
  /** Our name, for file names that are unique among hosts sharing the maildir. */
  readonly hostname: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Final delivery into a maildir: one file per message, with a `Return-Path:` (RFC 5321 4.4) and one
 * `Delivered-To:` for each recipient in front, lines ending in LF as maildir readers expect. The message is
 * accepted after it is on disk: written in tmp, synced, renamed into new, and new synced.
 */
export function openMaildir(options: MaildirOptions, envelope: Envelope): Delivery {
  const ending = new AbortController()
  return {
    addRecipient: () => Promise.resolve(accepted('2.1.5 Recipient ok')),

    async deliver(wire, recipients) {
      const name = uniqueName(options)
      const head = [`Return-Path: <${oneLine(envelope.sender)}>`]
      head.push(...recipients.map((recipient) => `Delivered-To: ${oneLine(recipient)}`))
      try {
        await store(options.directory, name, `${head.join('\n')}\n`, wire, ending.signal)
        return accepted(`2.0.0 Stored as ${name}`)
      } catch (error) {
        if (!ending.signal.aborted) options.log.error(storageAdvice(options.directory, error))
        return refused(isFull(error) ? storageFull() : storageFailed())
      } finally {
        wire.destroy()
      }
    },
    close() {
      ending.abort()
    },
  }
}

async function store(
  directory: string,
  name: string,
  head: string,
  wire: Readable,
  signal: AbortSignal,
): Promise<void> {
  for (const part of ['tmp', 'new', 'cur']) {
    await mkdir(join(directory, part), { recursive: true, mode: 0o700 })
  }
  const written = join(directory, 'tmp', name)
  const delivered = join(directory, 'new', name)
  try {
    await write(written, head, wire, signal)
    signal.throwIfAborted()
    await rename(written, delivered)
    await syncFolder(join(directory, 'new'))
  } catch (error) {
    // The sender will come again: nothing of this attempt may stay.
    await Promise.allSettled([unlink(written), unlink(delivered)])
    throw error
  }
}

async function write(file: string, head: string, wire: Readable, signal: AbortSignal): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(head)
    await pipeline(
      wire,
      createLocalForm(),
      async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) await handle.writeFile(piece)
      },
      { signal },
    )
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename last through a power cut. Some network file systems cannot and say EINVAL. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error
  } finally {
    await handle.close()
  }
}

let sequence = 0

/** `time.process_counter.host`, as maildir readers expect: unique, without `/` and `:`. */
function uniqueName({ clock, hostname }: MaildirOptions): string {
  sequence += 1
  const host = hostname.replace(/[^\w.-]/g, '-')
  const milliseconds = clock.now()
  const micro = String(Math.floor(milliseconds % 1000) * 1000)
  return `${Math.floor(milliseconds / 1000)}.M${micro}P${process.pid}Q${sequence}.${host}`
}

/** An address can't hold line ends by the grammar; this makes sure that none ever becomes a header. */
const oneLine = (address: string): string => address.replace(/\p{Cc}/gu, '?')

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | undefined)?.code

const isFull = (error: unknown): boolean => codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'

function storageAdvice(directory: string, error: unknown): string {
  const reason = reasonOf(error)
  return `maildir ${directory}: ${reason}; mail for it is deferred until Haraka's user can write there`
}
