import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import { HOUR_MS } from '../../lib/journal/counts'
import { keyedLists, publicLists, type KnownList, type ListView } from '../../lib/lists'
import { recommendedOfProviders, recommendedZones } from '../../lib/lists/catalogue/recommended'
import { createListStats, type ListStats } from '../list-stats'
import type { Services } from '../services'
import { ApiError, route, type Route } from './route'

export const listKind = z.enum(['ip_blocklist', 'ip_allowlist', 'domain_blocklist', 'uri_blocklist'])
const terms = z.enum(['free', 'free-low-volume', 'commercial'])
export const listState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('up'), note: z.string().optional() }),
  z.strictObject({
    kind: z.literal('suspended'),
    reason: z.string(),
    since: z.number(),
    nextTest: z.number(),
  }),
  z.strictObject({ kind: z.literal('misconfigured'), reason: z.string() }),
])
export const listView = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: listKind,
  state: listState,
  actions: z.array(z.string()),
  score: z.number(),
  where: z.string().describe('zone, with <key> in place of a key, or file'),
  path: z.array(z.union([z.string(), z.number()])).describe('where it stands in gateway.yaml'),
  description: z.string(),
  terms: terms.optional(),
  lookupUrl: z.string().optional(),
  size: z.number().optional().describe('entries of a list file'),
})
const stats = z.strictObject({
  asked: z.number(),
  listed: z.number(),
  errors: z.number(),
  medianMs: z.number(),
  p99Ms: z.number(),
})

export const listRoutes = ({ journal, clock }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/lists',
    access: 'reader',
    summary: 'The lists of the settings: their health, and what they said in the last 24 hours',
    answer: z.array(listView.extend({ stats24h: stats })),
    async handle({ gateway }) {
      const until = clock.now()
      const since = until - 24 * HOUR_MS
      const counts = await journal
        .counts({ step: HOUR_MS, kinds: ['list'], since, until, isTotal: true })
        // The lists matter more than what they said.
        .catch(() => [])
      const statsOf = createListStats(counts)
      return { body: gateway.lists.lists().map((view) => withStats(view, statsOf(view.id))) }
    },
  }),
  route({
    method: 'POST',
    path: '/lists/test',
    access: 'editor',
    summary: 'Test a list now',
    body: z.strictObject({ id: z.string() }),
    answer: listView,
    async handle({ gateway, body: { id } }) {
      if (!viewOf(gateway, id)) throw new ApiError(404, 'there is no such list')
      await gateway.health.testNow(id)
      const view = viewOf(gateway, id)
      if (!view) throw new ApiError(404, 'the list was removed meanwhile')
      return { body: view }
    },
  }),
  route({
    method: 'GET',
    path: '/lists/catalogue',
    access: 'reader',
    summary: 'Lists that are known, to choose from',
    answer: z.array(
      z.strictObject({
        zone: z.string().optional(),
        provider: z.string().optional(),
        list: z.string().optional(),
        name: z.string(),
        kind: listKind,
        description: z.string(),
        terms,
        lookupUrl: z.string().optional(),
        recommended: z.boolean(),
        configured: z.boolean(),
      }),
    ),
    handle: ({ gateway }) => ({ body: catalogue(gateway) }),
  }),
]

const withStats = (view: ListView, stats24h: ListStats) => ({ ...view, stats24h })

const viewOf = (gateway: Gateway, id: string): ListView | undefined =>
  gateway.lists.lists().find((view) => view.id === id)

function catalogue(gateway: Gateway) {
  const configured = new Set(gateway.lists.lists().map(({ id }) => id))
  const facts = ({ name, description, terms: how, lookupUrl }: KnownList) => ({
    name,
    description,
    terms: how,
    ...(lookupUrl !== undefined && { lookupUrl }),
  })
  const ofProviders = Object.entries(keyedLists).flatMap(([provider, lists]) =>
    lists.flatMap((list) =>
      list.kinds.map((of) => ({
        provider,
        list: list.zone,
        kind: of,
        ...facts(list),
        recommended: recommendedOfProviders.has(list.zone),
        configured: configured.has(`${of}/${provider}/${list.zone}`),
      })),
    ),
  )
  const open = publicLists.flatMap((list) =>
    list.kinds.map((of) => ({
      zone: list.zone,
      kind: of,
      ...facts(list),
      recommended: recommendedZones.has(list.zone),
      configured: configured.has(`${of}/custom/${list.zone}`),
    })),
  )
  return [...ofProviders, ...open]
}
