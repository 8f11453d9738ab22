import { stat } from 'node:fs/promises'
import type { Log } from '../log'
import { createListEntries, type ListEntries } from './list-entries'
import { readListFile, type ListFile } from './list-file'
import type { Item, ListState } from './types'

/** A list file, watched: what it says now, or said when it could last be read. */
export interface LocalList {
  /** Settles when the file was read for the first time, or could not be; undefined from then on. Never rejects. */
  readonly ready: Promise<void> | undefined
  readonly size: number
  state(): ListState
  /** The entry that covers the item. */
  find(item: Item): string | undefined
  close(): void
}

export interface LocalListOptions {
  readonly path: string
  /** The file as the settings name it, for people. */
  readonly label: string
  readonly log: Log
  /** Between looks at the file; a change counts when two looks see the same. */
  readonly pollMs?: number | undefined
  /** Mail addresses are entries, too. */
  readonly takesAddresses?: boolean
}

/** A file that changes with every look is read all the same after so many. */
const maxUnsettledLooks = 4

export function createLocalList(options: LocalListOptions): LocalList {
  const { path, label, log, pollMs = 500, takesAddresses = false } = options
  let entries: ListEntries = createListEntries()
  let loaded: string | undefined
  let nextExpiry = Infinity
  let lastSeen: string | undefined
  let unsettledLooks = 0
  let trouble: string | undefined

  const sayTrouble = (reason: string): void => {
    if (reason === trouble) return
    trouble = reason
    const consequence = loaded === undefined ? 'the list is empty' : 'its entries stay in force'
    log.warn(`list file ${label} ${reason}: ${consequence}`)
  }

  const load = async (signature: string): Promise<void> => {
    const file = await readListFile(path, { takesAddresses })
    entries = file.entries
    nextExpiry = file.nextExpiry
    loaded = signature
    trouble = undefined
    report(label, file, log)
  }

  /** Reads the file if it changed and settled since. */
  const look = async (): Promise<void> => {
    try {
      const signature = await signatureOf(path)
      const isSame = signature === loaded
      if (isSame && nextExpiry > Date.now()) {
        if (trouble !== undefined) log.notice(`list file ${label} can be read again`)
        trouble = undefined
      } else if (
        isSame ||
        loaded === undefined ||
        signature === lastSeen ||
        ++unsettledLooks >= maxUnsettledLooks
      ) {
        unsettledLooks = 0
        await load(signature)
      }
      lastSeen = signature
    } catch (error) {
      sayTrouble(describe(error))
    }
  }

  const looks = repeat(look, pollMs)
  let ready: Promise<void> | undefined = looks.first.then(() => {
    ready = undefined
  })
  return {
    get ready() {
      return ready
    },
    get size() {
      return entries.size
    },
    state: () => stateOf(label, trouble, loaded !== undefined),
    find: (item) => entries.find(item),
    close: looks.stop,
  }
}

/** Differs when the content may differ: an edit in place, a rename over it, an editor that writes twice. */
async function signatureOf(path: string): Promise<string> {
  const facts = await stat(path, { bigint: true })
  if (!facts.isFile()) throw new Error('is not a file')
  return [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':')
}

function report(label: string, { entries, badLines, badLineCount }: ListFile, log: Log): void {
  log.info(`list file ${label}: ${entries.size} entries`)
  if (badLineCount === 0) return
  const shown = badLines.map(({ line, problem }) => `line ${line}: ${problem}`).join('; ')
  const more = badLineCount > badLines.length ? `; and ${badLineCount - badLines.length} more` : ''
  log.warn(`list file ${label}: ${badLineCount} bad lines are left out: ${shown}${more}`)
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user'
  return code === undefined ? message : `cannot be read (${code})`
}

/** Runs the task at once, and each time again a while after it has ended. */
function repeat(task: () => Promise<void>, everyMs: number): { first: Promise<void>; stop: () => void } {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const again = (): void => {
    if (!isStopped) timer = setTimeout(() => void task().then(again), everyMs).unref()
  }
  const first = task()
  void first.then(again)
  return {
    first,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

function stateOf(label: string, trouble: string | undefined, isLoaded: boolean): ListState {
  if (trouble === undefined) return { kind: 'up' }
  const text = `list file ${label} ${trouble}`
  return isLoaded ? { kind: 'up', note: text } : { kind: 'misconfigured', reason: text }
}
