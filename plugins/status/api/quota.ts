import { z } from 'zod'
import { route, type Route } from './route'

const keyUsage = z.strictObject({
  provider: z.enum(['step3it', 'spamhaus-dqs', 'abusix']),
  name: z.string().describe('tells keys of one provider apart, and does not tell the key'),
  queriesToday: z.int().describe('questions sent since 00:00 UTC, by all gateways of the fleet'),
  perDay: z.int().nullable().describe('providers.<provider>.per_day'),
  forecast: z.int().describe('queries of the whole day, if it goes on like the last hours'),
  warning: z.boolean().describe('80 % of perDay are used, or the forecast is above it'),
  nodes: z.int().describe('gateways that have asked with this key today'),
})

export const quotaRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/quota',
    access: 'reader',
    summary: 'How much of what the keys of list providers allow was used today',
    answer: z.strictObject({ keys: z.array(keyUsage) }),
    async handle({ gateway }) {
      return { body: { keys: [...(await gateway.quota.gather())] } }
    },
  }),
]
