import { isIP } from 'node:net'
import { z } from 'zod'
import { explain, ExplainBusyError, ExplainInputError } from '../../lib/explain'
import { ApiError, route, type Route } from './route'

const MAX_MESSAGE_BYTES = 10_485_760

const body = z.strictObject({
  message: z.string().max(MAX_MESSAGE_BYTES).describe('the message as a file holds it'),
  ip: z.string().refine((text) => isIP(text) !== 0, 'must be an IP address'),
  helo: z.string().min(1).optional(),
  from: z.string().describe('envelope sender; empty for the null sender'),
  to: z.array(z.string().min(1)).min(1).max(100),
  name: z.string().min(1).optional().describe('name of the client’s address; it is looked up without'),
  user: z.string().min(1).optional().describe('who has signed in'),
})

/** The rest of the report is in its type, ExplainReport. */
const answer = z.looseObject({
  verdict: z.strictObject({
    outcome: z.enum(['accepted', 'partly', 'refused', 'deferred', 'abandoned']),
    stage: z.enum(['connect', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'message']),
    reply: z.string(),
    by: z.string().optional(),
    ref: z.string().optional(),
  }),
  ms: z.number(),
  exchanges: z.array(z.looseObject({ stage: z.string(), reply: z.string(), ms: z.number() })),
})

export const explainRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/explain',
    access: 'reader',
    summary: 'What would happen to a message, and why; it is delivered to nobody',
    body,
    answer,
    async handle({ gateway, body: input }) {
      try {
        return { body: await explain(gateway, input) }
      } catch (error) {
        if (error instanceof ExplainInputError) throw new ApiError(422, error.message)
        if (error instanceof ExplainBusyError) throw new ApiError(429, error.message)
        throw error
      }
    },
  }),
]
