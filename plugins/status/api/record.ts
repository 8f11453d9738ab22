import { z } from 'zod'

/** A record of the journal as the API gives it. */

const outcome = z.enum(['accepted', 'partly', 'refused', 'deferred', 'abandoned'])
const deliveryEvent = z.strictObject({
  time: z.number(),
  kind: z.enum(['delivered', 'delayed', 'bounced']),
  recipients: z.array(z.string()),
  nextHop: z.string().optional(),
  answer: z.string(),
  retrySeconds: z.number().optional(),
})

export const record = z.strictObject({
  id: z.string(),
  time: z.number().describe('when it ended, ms since the epoch'),
  durationMs: z.number(),
  session: z.string(),
  transaction: z.string().optional(),
  refs: z.array(z.string()).describe('references that refusals told the sender'),
  client: z.strictObject({
    ip: z.string(),
    name: z.string().optional(),
    helo: z.string().optional(),
    tls: z.string().optional(),
    user: z.string().optional(),
    port: z.number(),
    trusted: z.string().optional(),
    allowlist: z.string().optional(),
  }),
  sender: z.string().optional(),
  recipients: z.array(
    z.strictObject({
      address: z.string(),
      outcome: outcome.exclude(['partly']),
      reply: z.string().optional(),
      by: z.string().optional(),
    }),
  ),
  moreRecipients: z.number().optional(),
  size: z.number().optional(),
  messageId: z.string().optional(),
  fromDomain: z.string().optional(),
  subject: z.string().optional(),
  findings: z.array(
    z.looseObject({
      kind: z.enum(['listed', 'error', 'skipped']),
      id: z.string(),
      list: z.string(),
      item: z.string(),
    }),
  ),
  clear: z.array(
    z.strictObject({ id: z.string(), list: z.string(), items: z.array(z.string()), ms: z.array(z.number()) }),
  ),
  moreFindings: z.number().optional(),
  score: z.number(),
  skips: z.array(z.string()),
  marks: z.array(z.string()),
  outcome,
  reply: z.string().optional(),
  by: z.string().optional(),
  wouldRefuse: z.array(z.string()),
  delivery: z
    .strictObject({
      state: z.enum(['delivered', 'queued', 'delayed', 'bounced']),
      nextHop: z.string().optional(),
      answer: z.string().optional(),
      events: z.array(deliveryEvent),
    })
    .optional(),
})
