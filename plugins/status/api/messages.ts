import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { deliveryStates, outcomes, parseNetwork, type JournalQuery } from '../../lib/journal/query'
import type { JournalReader } from '../../lib/journal/reader'
import type { StoredRecord } from '../../lib/journal/store'
import { idOf, withId, type IdentifiedRecord } from '../record-id'
import type { Services } from '../services'
import { wholeNumber } from './query-values'
import { record } from './record'
import { ApiError, route, type Route } from './route'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
/** The live view knows a message before the journal has it. */
const LATE_TRIES = 5
const LATE_MS = 300
/** Records of one session. */
const MAX_OF_SESSION = 200

const word = z.string().min(1).max(1000).optional()
const time = wholeNumber(0, Number.MAX_SAFE_INTEGER).optional()
const query = z.strictObject({
  since: time.describe('ms since the epoch, inclusive'),
  until: time,
  ip: z.string().refine(isIpRange, 'must be an IP address or a CIDR such as 192.0.2.0/24').optional(),
  from: word.describe('envelope sender: an address, a domain, or <> for the null sender'),
  to: word.describe('recipient: an address or a domain'),
  messageId: word,
  fromDomain: word,
  id: word.describe('of a session or a transaction'),
  ref: word.describe('the reference that a refusal told the sender'),
  list: word.describe('a list that lists it, by its name or its zone'),
  user: word,
  plugin: word.describe('the plugin that decided'),
  outcome: z.enum([...outcomes, ...deliveryStates]).optional(),
  text: word.describe('words, addresses, references: whatever a record is found by'),
  limit: wholeNumber(1, MAX_LIMIT).optional().describe(`default ${DEFAULT_LIMIT}`),
  nodes: z
    .literal('all')
    .optional()
    .describe('the journals of all gateways of the fleet, not only of this one'),
  cursor: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional().describe('as the page before gave it'),
})

const located = record.extend({ node: z.string().optional().describe('the gateway that has it') })

export const messageRoutes = ({ journal, fleetJournal }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/messages',
    access: 'reader',
    summary: 'What happened to messages, newest first',
    query,
    answer: z.strictObject({
      records: z.array(located),
      cursor: z.string().optional(),
      nodes: z
        .array(z.strictObject({ node: z.string(), hasAnswered: z.boolean() }))
        .optional()
        .describe('with nodes=all'),
    }),
    async handle({ query: { limit = DEFAULT_LIMIT, cursor, nodes, ...wanted } }) {
      if (nodes === 'all') {
        const until = Math.min(wanted.until ?? Infinity, (cursor ?? Infinity) - 1)
        const within = given({ ...wanted, until: until === Infinity ? undefined : until })
        return { body: await fleetJournal.search(within, limit) }
      }
      const found = await search(journal, given(wanted), limit + 1, cursor)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        body: {
          records: page.map((stored) => withId(stored.record)),
          ...(found.length > limit && last && { cursor: String(last.id) }),
        },
      }
    },
  }),
  route({
    method: 'GET',
    path: '/messages/:id',
    access: 'reader',
    summary: 'All that is known of one message',
    answer: located,
    async handle({ params: { id = '' } }) {
      for (let tries = 0; tries < LATE_TRIES; tries++) {
        const found = await findRecord(journal, id)
        if (found) return { body: found }
        if (tries === 0) {
          const elsewhere = await fleetJournal.find(id)
          if (elsewhere) return { body: elsewhere }
        }
        await sleep(LATE_MS)
      }
      throw new ApiError(404, 'the journal has no such message')
    },
  }),
]

async function findRecord(journal: JournalReader, id: string): Promise<IdentifiedRecord | undefined> {
  const found = await search(journal, { id }, MAX_OF_SESSION)
  const stored = found.find((each) => idOf(each.record) === id)
  return stored && withId(stored.record)
}

async function search(
  journal: JournalReader,
  wanted: JournalQuery,
  limit: number,
  before?: number,
): Promise<readonly StoredRecord[]> {
  try {
    return await journal.search(wanted, limit, before)
  } catch (error) {
    throw new ApiError(503, `the journal cannot be searched: ${(error as Error).message}`)
  }
}

const given = (wanted: Readonly<Record<string, unknown>>): JournalQuery =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))

function isIpRange(text: string): boolean {
  try {
    parseNetwork(text)
    return true
  } catch {
    return false
  }
}
