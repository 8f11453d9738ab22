import { reasonOf } from '../error-text'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CountRow, CountSelection } from './counts'
import { databasePath } from './paths'
import type { JournalQuery } from './query'
import type { AnswerFrom, Question, QuestionTo } from './reader-thread'
import type { StoredRecord } from './store'

/** Looks into the journal in a thread of its own, so that no search holds up the mail of this process. */
export interface JournalReader {
  /** Newest first. `before` is the id of the last one on the page before. Rejects with words for people. */
  search(query: JournalQuery, limit: number, before?: number): Promise<readonly StoredRecord[]>
  counts(selection: CountSelection): Promise<readonly CountRow[]>
  close(): void
}

const IDLE_MS = 60_000
const DEADLINE_MS = 15_000
const MAX_WAITING = 50

interface Waiting {
  readonly resolve: (answer: AnswerFrom) => void
  readonly reject: (error: Error) => void
}

export function createJournalReader(instanceDir: string): JournalReader {
  const { ask, end } = createReaderThread(databasePath(instanceDir))
  const askOrThrow = async (question: Question) => {
    const answer = await ask(question)
    if (answer.kind === 'failed') throw new Error(answer.reason)
    return answer
  }
  return {
    async search(query, limit, before) {
      const question = { kind: 'search', query, limit, ...(before !== undefined && { before }) } as const
      const answer = await askOrThrow(question)
      return answer.kind === 'records' ? answer.records : []
    },
    async counts(selection) {
      const answer = await askOrThrow({ kind: 'counts', selection })
      return answer.kind === 'counts' ? answer.counts : []
    },
    close() {
      end('closed')
    },
  }
}

/** The thread, there while it is needed. */
function createReaderThread(path: string) {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let lastId = 0

  const end = (reason: string): void => {
    const ended = worker
    worker = undefined
    clearTimeout(idle)
    void ended?.terminate()
    for (const { reject } of waiting.values()) reject(new Error(reason))
    waiting.clear()
  }
  const start = (): Worker => {
    const started = startWorker(path, {
      take: (answer) => waiting.get(answer.id)?.resolve(answer),
      die: (reason) => {
        if (worker === started) end(reason)
      },
    })
    return started
  }
  const ask = async (question: Question): Promise<AnswerFrom> => {
    if (waiting.size >= MAX_WAITING) throw new Error('too many searches at once: try again')
    worker ??= start()
    clearTimeout(idle)
    const id = ++lastId
    const answer = new Promise<AnswerFrom>((resolve, reject) => waiting.set(id, { resolve, reject }))
    worker.postMessage({ id, question } satisfies QuestionTo)
    const timer = setTimeout(() => {
      end(`no answer within ${DEADLINE_MS / 1000} s`)
    }, DEADLINE_MS)
    try {
      return await answer
    } finally {
      clearTimeout(timer)
      waiting.delete(id)
      idle = setTimeout(() => {
        end('idle')
      }, IDLE_MS).unref()
    }
  }
  return { ask, end }
}

interface ThreadEvents {
  readonly take: (answer: AnswerFrom) => void
  readonly die: (reason: string) => void
}

function startWorker(path: string, { take, die }: ThreadEvents): Worker {
  const worker = new Worker(join(__dirname, 'reader-thread.js'), { workerData: path })
  // Haraka ends when its own work ends.
  worker.unref()
  worker.on('message', take)
  worker.on('error', (error) => {
    die(reasonOf(error))
  })
  worker.on('exit', () => {
    die('its thread ended')
  })
  return worker
}
