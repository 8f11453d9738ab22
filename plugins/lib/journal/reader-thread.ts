import { existsSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { CountRow, CountSelection } from './counts'
import { describeFault } from './fault'
import { parseQuery, type JournalQuery } from './query'
import { openStoreOnceMade, type JournalStore, type StoredRecord } from './store'

/** The thread that looks into the journal: `createJournalReader` starts it. */

export type Question =
  | {
      readonly kind: 'search'
      readonly query: JournalQuery
      readonly limit: number
      readonly before?: number
    }
  | { readonly kind: 'counts'; readonly selection: CountSelection }

export interface QuestionTo {
  readonly id: number
  readonly question: Question
}

export type AnswerFrom =
  | { readonly id: number; readonly kind: 'records'; readonly records: readonly StoredRecord[] }
  | { readonly id: number; readonly kind: 'counts'; readonly counts: readonly CountRow[] }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }

if (parentPort) serve(parentPort)

function serve(port: NonNullable<typeof parentPort>): void {
  const path = workerData as string
  let store: JournalStore | undefined
  const answer = ({ id, question }: QuestionTo): AnswerFrom => {
    // It begins with the first message.
    if (!existsSync(path)) return nothing(id, question)
    store ??= openStoreOnceMade(path)
    if (!store) return nothing(id, question)
    if (question.kind === 'counts') return { id, kind: 'counts', counts: store.counts(question.selection) }
    const { query, limit, before } = question
    const page = before === undefined ? { limit } : { limit, before }
    return { id, kind: 'records', records: store.search(parseQuery(query), page) }
  }
  port.on('message', (message: QuestionTo) => {
    try {
      port.postMessage(answer(message))
    } catch (error) {
      store?.close()
      store = undefined
      const failed: AnswerFrom = { id: message.id, kind: 'failed', reason: describeFault(error, path) }
      port.postMessage(failed)
    }
  })
}

const nothing = (id: number, { kind }: Question): AnswerFrom =>
  kind === 'counts' ? { id, kind: 'counts', counts: [] } : { id, kind: 'records', records: [] }
