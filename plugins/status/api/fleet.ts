import { z } from 'zod'
import type { FleetSharing } from '../../lib/gateway/fleet-desk'
import { SETTINGS } from '../../lib/gateway/settings-replica'
import { ApiError, route, type Route } from './route'
import { sharingSchema } from './saving'

const document = z.strictObject({
  name: z.string(),
  head: z.int().describe('newest revision in the fleet; 0: none has shared it'),
  revision: z.int().describe('that this gateway has taken'),
  isEdited: z.boolean().describe('by hand, since'),
  fault: z.string().optional().describe('why it has not taken the newest'),
})
const node = z.strictObject({
  node: z.string(),
  version: z.string(),
  since: z.number(),
  seen: z.number(),
  isAlive: z.boolean(),
  revision: z.int(),
  isEdited: z.boolean(),
  problems: z.array(z.string()),
})
const name = z.string().min(1).max(500).default(SETTINGS).describe('gateway.yaml, or lists/NAME.txt')

export const fleetRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/fleet',
    access: 'reader',
    summary: 'The gateways that belong together, and what they share',
    answer: z.strictObject({
      isMember: z.boolean(),
      name: z.string(),
      node: z.string().describe('this gateway'),
      fault: z.string().optional().describe('why Redis cannot be used'),
      settings: z
        .strictObject({
          revision: z.int(),
          by: z.string(),
          node: z.string(),
          time: z.number(),
          note: z.string().optional(),
        })
        .optional()
        .describe('that the fleet shares'),
      documents: z.array(document).describe('as they stand on this gateway'),
      nodes: z.array(node),
    }),
    async handle({ gateway }) {
      const isMember = gateway.fleet.isMember()
      const none = { name: '', node: '', documents: [], nodes: [] }
      return { body: { isMember, ...(isMember ? await gateway.fleet.view() : none) } }
    },
  }),
  route({
    method: 'POST',
    path: '/fleet/share',
    access: 'editor',
    summary: 'Have all gateways take the settings, or a list file, as they are on this one',
    body: z.strictObject({ name, note: z.string().max(500).optional() }),
    answer: sharingSchema,
    async handle({ gateway, caller, body: { name: what, note } }) {
      const by = caller?.name ?? ''
      const publication = { by, isForced: true, ...(note !== undefined && { note }) }
      const sharing = await gateway.fleet.share(what, publication)
      gateway.log.notice(`web page: ${by} shares ${what} with the fleet: ${sharing.kind}`)
      return { body: done(sharing) }
    },
  }),
  route({
    method: 'POST',
    path: '/fleet/take',
    access: 'editor',
    summary: 'Have this gateway take the settings, or a list file, of the fleet, whatever was edited here',
    body: z.strictObject({ name }),
    answer: z.undefined(),
    async handle({ gateway, caller, body: { name: what } }) {
      if (!gateway.fleet.isMember()) throw alone()
      const fault = await gateway.fleet.takeFleets(what)
      if (fault !== undefined) throw new ApiError(422, `${what} was not taken: ${fault}`)
      gateway.log.notice(`web page: ${caller?.name ?? ''} has this gateway take ${what} of the fleet`)
      return { status: 204 }
    },
  }),
]

function done(sharing: FleetSharing): FleetSharing {
  if (sharing.kind === 'alone') throw alone()
  if (sharing.kind === 'overtaken') throw new ApiError(409, 'another gateway was first')
  if (sharing.kind === 'not shared') throw new ApiError(503, `it was not shared: ${sharing.reason}`)
  return sharing
}

const alone = (): ApiError => new ApiError(409, 'this gateway is alone: fleet.redis names no Redis')
