import { z } from 'zod'
import { createToken } from '../api-tokens'
import type { Services } from '../services'
import { ApiError, route, type Route } from './route'
import { changeSecrets } from './secrets'
import { role } from './session'

export const LAST_USED = 'api-tokens-used'

/** Tokens for programs that call the API. */
export const tokenRoutes = ({ clock }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/tokens',
    access: 'editor',
    summary: 'API tokens; what they are is known to nobody any more',
    answer: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        role,
        createdAt: z.number(),
        lastUsedAt: z.number().optional().describe('since the gateway started'),
      }),
    ),
    async handle({ gateway }) {
      const processes = await gateway.facts.gather()
      const used = processes.map(({ facts }) => (facts[LAST_USED] ?? {}) as Readonly<Record<string, number>>)
      return {
        body: Object.entries(gateway.secrets().api_tokens).map(([id, { name, role: of, created }]) => {
          const lastUsedAt = Math.max(...used.map((times) => times[id] ?? 0))
          return { id, name, role: of, createdAt: created, ...(lastUsedAt > 0 && { lastUsedAt }) }
        }),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/tokens',
    access: 'editor',
    summary: 'Make an API token, which is shown this once',
    body: z.strictObject({ name: z.string().trim().min(1).max(80), role }),
    answer: z.strictObject({ id: z.string(), token: z.string() }),
    async handle({ gateway, caller, body }) {
      const { id, token, hash } = createToken()
      const created = clock.now()
      await changeSecrets(gateway, (document) => {
        document.setIn(['api_tokens', id], document.createNode({ ...body, hash, created }))
      })
      gateway.log.notice(`web page: ${caller?.name ?? ''} made the ${body.role} token ${id}`)
      return { status: 201, body: { id, token } }
    },
  }),
  route({
    method: 'DELETE',
    path: '/tokens/:id',
    access: 'editor',
    summary: 'Take an API token back',
    answer: z.undefined(),
    async handle({ gateway, caller, params: { id = '' } }) {
      await changeSecrets(gateway, (document) => {
        if (!document.deleteIn(['api_tokens', id])) throw new ApiError(404, 'there is no such token')
      })
      gateway.log.notice(`web page: ${caller?.name ?? ''} took the token ${id} back`)
      return { status: 204 }
    },
  }),
]
