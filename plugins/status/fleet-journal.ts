import { z } from 'zod'
import type { Gateway } from '../lib/gateway'
import type { JournalQuery } from '../lib/journal/query'
import { record } from './api/record'
import type { IdentifiedRecord } from './record-id'

export type FleetRecord = IdentifiedRecord & { readonly node?: string }

export interface FleetPage {
  /** Newest first; a page ends between two moments, so it may be longer than asked for. */
  readonly records: readonly FleetRecord[]
  /** Where the next page begins, if there is one: before this, in milliseconds since the epoch. */
  readonly cursor?: string
  /** The gateways that are there, this one first, and whether they have answered. */
  readonly nodes: readonly { readonly node: string; readonly hasAnswered: boolean }[]
}

type SearchHere = (wanted: JournalQuery, limit: number) => Promise<readonly IdentifiedRecord[]>

export interface FleetJournal {
  search(wanted: JournalQuery, limit: number): Promise<FleetPage>
  /** A record that another gateway has. */
  find(id: string): Promise<FleetRecord | undefined>
}

const TOPIC = 'journal'
/** Who is slower has no part in the page. */
const TIMEOUT_MS = 3000
const MAX_LIMIT = 201

const question = z.strictObject({
  wanted: z.record(z.string(), z.union([z.string().max(1000), z.number()])),
  limit: z.int().min(1).max(MAX_LIMIT),
})
const answer = z.array(record)

/** The journals of all gateways of a fleet, searched as one; each answers for its own. */
export function createFleetJournal({ fleet }: Gateway, searchHere: SearchHere): FleetJournal {
  fleet.answer(TOPIC, (asked) => {
    const { wanted, limit } = question.parse(asked)
    return searchHere(wanted, limit)
  })
  const askOthers = async (wanted: JournalQuery, limit: number) => {
    const answers = await fleet.ask(TOPIC, { wanted, limit }, TIMEOUT_MS)
    return answers.flatMap(({ node, answer: said }) => {
      const { data } = answer.safeParse(said)
      return data ? [{ node, records: locate(data as unknown as readonly IdentifiedRecord[], node) }] : []
    })
  }
  return {
    async search(wanted, limit) {
      const [here, others, alive] = await Promise.all([
        searchHere(wanted, limit + 1),
        askOthers(wanted, limit + 1),
        fleet.aliveNodes(),
      ])
      const [self = ''] = alive
      const answers = [{ node: self, records: locate(here, self) }, ...others]
      const nodes = (alive.length > 0 ? alive : [self]).map((node) => ({
        node,
        hasAnswered: answers.some((each) => each.node === node),
      }))
      return {
        ...pageOf(
          answers.flatMap(({ records }) => records),
          limit,
        ),
        nodes,
      }
    },
    async find(id) {
      const answers = await askOthers({ id }, MAX_LIMIT)
      return answers.flatMap(({ records }) => records).find((each) => each.id === id)
    },
  }
}

const locate = (records: readonly IdentifiedRecord[], node: string): readonly FleetRecord[] =>
  records.map((each) => ({ ...each, node }))

function pageOf(found: readonly FleetRecord[], limit: number): Pick<FleetPage, 'records' | 'cursor'> {
  const records = found.toSorted((a, b) => b.time - a.time)
  const last = records[limit - 1]
  if (!last || records.length === limit) return { records }
  return { records: records.filter(({ time }) => time >= last.time), cursor: String(last.time) }
}
