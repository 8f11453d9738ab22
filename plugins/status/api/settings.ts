import { z } from 'zod'
import { settingsJsonSchema } from '../../lib/settings/json-schema'
import { answerSaved, authorOf, errorSchema, ifMatch, pathSchema, plainError, savedSchema } from './saving'
import { route, type Route } from './route'

const change = z.object({
  path: pathSchema,
  value: z.unknown().optional().describe('without it the setting is taken out, and has its default'),
})
const secretChange = z.object({
  path: pathSchema.describe('in gateway.secrets.yaml, such as providers, abusix, key'),
  value: z.string().nullable().describe('null takes it out; nothing ever returns it'),
})
const note = z.string().max(500).optional().describe('why, for the history')

const status = z.object({
  kind: z.enum(['ok', 'invalid']),
  errors: z.array(errorSchema),
  since: z.number(),
})

const getSettings = route({
  method: 'GET',
  path: '/settings',
  access: 'reader',
  summary: 'The settings in force, and what gateway.yaml says',
  answer: z.object({
    version: z.string().describe('of gateway.yaml as it is now'),
    values: z.record(z.string(), z.unknown()).describe('in force, defaults included'),
    written: z.unknown().describe('what gateway.yaml says'),
    secrets: z.array(z.object({ path: pathSchema, isSet: z.literal(true), setAt: z.number().optional() })),
    status,
    file: z.literal('gateway.yaml'),
  }),
  handle({ gateway }) {
    const { version, values, written, secrets, status } = gateway.editing.view()
    return {
      body: {
        version,
        values,
        written,
        secrets: secrets.map((secret) => ({ ...secret, isSet: true })),
        status: {
          kind: status.kind,
          errors: status.kind === 'ok' ? [] : status.errors.map(plainError),
          since: status.since,
        },
        file: 'gateway.yaml',
      },
      headers: { ETag: `"${version}"` },
    }
  },
})

const getSchema = route({
  method: 'GET',
  path: '/settings/schema',
  access: 'reader',
  summary: 'JSON Schema of gateway.yaml: types, defaults, bounds and descriptions',
  answer: z.record(z.string(), z.unknown()),
  handle: () => ({ body: settingsJsonSchema() }),
})

const validate = route({
  method: 'POST',
  path: '/settings/validate',
  access: 'editor',
  summary: 'What would come of changes: errors, and warnings from trying out what is new',
  body: z.object({ base: z.string(), changes: z.array(change), secrets: z.array(secretChange).default([]) }),
  answer: z.object({
    errors: z.array(errorSchema),
    warnings: z.array(z.object({ path: pathSchema, message: z.string() })),
    diff: z.string().describe('unified, of gateway.yaml'),
    conflicts: z
      .array(
        z.object({
          path: pathSchema,
          base: z.unknown().optional(),
          theirs: z.unknown().optional(),
          mine: z.unknown().optional(),
        }),
      )
      .optional()
      .describe('with what others changed since the base'),
  }),
  async handle({ gateway, body: { base, changes, secrets } }) {
    const edit = { base, gateway: { kind: 'changes', changes }, secrets } as const
    const { errors, warnings, diff, conflicts } = await gateway.editing.validate(edit)
    return {
      body: { errors: errors.map(plainError), warnings, diff, ...(conflicts.length > 0 && { conflicts }) },
    }
  },
})

const patch = route({
  method: 'PATCH',
  path: '/settings',
  access: 'editor',
  summary: 'Saves changes; the header If-Match names the version they were made for',
  body: z.object({ changes: z.array(change).default([]), secrets: z.array(secretChange).default([]), note }),
  answer: savedSchema,
  async handle(request) {
    const { changes, secrets, note: why } = request.body
    const edit = { base: ifMatch(request), gateway: { kind: 'changes', changes }, secrets } as const
    return answerSaved(await request.gateway.editing.save(edit, authorOf(request, why)))
  },
})

const getText = route({
  method: 'GET',
  path: '/settings/text',
  access: 'editor',
  summary: 'gateway.yaml as it is',
  answer: z.object({ version: z.string(), text: z.string() }),
  handle({ gateway }) {
    const { version, text } = gateway.editing.text()
    return { body: { version, text }, headers: { ETag: `"${version}"` } }
  },
})

const putText = route({
  method: 'PUT',
  path: '/settings/text',
  access: 'editor',
  summary: 'Saves gateway.yaml as a whole; the header If-Match names the version it was made from',
  body: z.object({ text: z.string(), note }),
  maxBodyBytes: 16_777_216,
  answer: savedSchema,
  async handle(request) {
    const { text, note: why } = request.body
    const edit = { base: ifMatch(request), gateway: { kind: 'text', text }, secrets: [] } as const
    return answerSaved(await request.gateway.editing.save(edit, authorOf(request, why)))
  },
})

export const settingsRoutes: readonly Route[] = [getSettings, getSchema, validate, patch, getText, putText]
