import { z } from 'zod'
import { unifiedDiff } from '../../lib/settings/edit/unified-diff'
import { type History, vias } from '../../lib/settings/save/history'
import { ApiError, route, type Route } from './route'
import { answerSaved, authorOf, savedSchema } from './saving'

const entry = z.object({
  id: z.string(),
  time: z.number(),
  by: z.string().describe('who saved, or "by hand"'),
  via: z.enum(vias),
  note: z.string().optional(),
  version: z.string(),
  summary: z.array(z.string()).describe('settings that changed'),
})

const list = route({
  method: 'GET',
  path: '/history',
  access: 'reader',
  summary: 'Versions of the settings that were in force, newest first',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  answer: z.array(entry),
  handle: ({ gateway, query }) => ({ body: gateway.editing.history.list(query.limit) }),
})

const show = route({
  method: 'GET',
  path: '/history/:id',
  access: 'reader',
  summary: 'One version, and what it changed',
  answer: entry.extend({
    diff: z.string().describe('unified, from the version before; empty for the first'),
  }),
  handle({ gateway, params }) {
    const { history } = gateway.editing
    const found = versionNamed(history, params.id)
    const beforeId = history.before(found.entry.id)
    const before = beforeId === undefined ? undefined : history.get(beforeId)
    const diff = before ? unifiedDiff('gateway.yaml', before.text, found.text) : ''
    return { body: { ...found.entry, diff } }
  },
})

const restore = route({
  method: 'POST',
  path: '/history/:id/restore',
  access: 'editor',
  summary: 'Puts a version of gateway.yaml in force again; secrets stay as they are',
  body: z.object({ note: z.string().max(500).optional() }).optional(),
  answer: savedSchema,
  async handle(request) {
    const { editing } = request.gateway
    const { entry: old, text } = versionNamed(editing.history, request.params.id)
    const note = request.body?.note ?? `as of ${new Date(old.time).toISOString()}`
    const edit = { base: editing.text().version, gateway: { kind: 'text', text }, secrets: [] } as const
    return answerSaved(await editing.save(edit, { ...authorOf(request, note), via: 'rollback' }))
  },
})

function versionNamed(history: History, id = '') {
  const found = history.get(id)
  if (!found) throw new ApiError(404, 'there is no such version, or not any more')
  return found
}

export const historyRoutes: readonly Route[] = [list, show, restore]
