import { z } from 'zod'
import { checkItems, itemCheckJson, UnknownItem } from '../../lib/lists/item-check'
import { listKind, listState } from './lists'
import { ApiError, route, type Route } from './route'

const MAX_ITEMS = 20

const finding = z.looseObject({
  kind: z.enum(['listed', 'clear', 'error', 'skipped']),
  listId: z.string(),
  list: z.string(),
})

/** What lists, and the plugins that change mail, would do. */
export const checkRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/check',
    access: 'reader',
    summary: 'Ask every list about addresses, domains and URLs',
    body: z.strictObject({ items: z.array(z.string().min(1).max(2000)).min(1).max(MAX_ITEMS) }),
    answer: z.array(
      z.strictObject({
        item: z.string(),
        isListed: z.boolean(),
        verdict: z.string(),
        answers: z.array(
          z.strictObject({
            list: z.string(),
            kind: listKind,
            asked: z.string().describe('DNS name, or the list file; a key reads <key>'),
            health: listState,
            finding,
          }),
        ),
      }),
    ),
    async handle({ gateway, body: { items } }) {
      const { lists } = gateway
      const options = { lists, settings: gateway.settings(), secrets: gateway.secrets() }
      const checks = await checkItems(items, options).catch((error: unknown) => {
        throw error instanceof UnknownItem ? new ApiError(422, error.message) : error
      })
      return { body: checks.map(itemCheckJson) }
    },
  }),
  route({
    method: 'POST',
    path: '/mark',
    access: 'reader',
    summary: 'What mark-from would do to a From',
    body: z.strictObject({
      from: z.string().max(2000).describe('value of the header field'),
      envelope: z.string().max(320).describe('envelope sender; empty for none'),
      ip: z.string().max(60).optional(),
      helo: z.string().max(255).optional(),
    }),
    answer: z.strictObject({
      kind: z.enum(['unchanged', 'marked', 'tagged', 'reject']),
      from: z.string(),
      after: z.string().optional().describe('the From that people see, or the field that is added'),
      why: z.array(z.string()),
      notes: z.array(z.string()),
    }),
    handle({ gateway, body: { from, envelope, ip, helo } }) {
      const preview = gateway.previews.mark
      if (!preview) throw new ApiError(409, 'the plugin gateway/mark-from is not in config/plugins')
      return {
        body: preview(from, envelope, {
          ...(ip !== undefined && { ip }),
          ...(helo !== undefined && { helo }),
        }),
      }
    },
  }),
]
