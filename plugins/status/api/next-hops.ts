import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import type { FactsOfProcess } from '../../lib/gateway/process-facts'
import { isEmailAddress } from '../../lib/settings/formats'
import type { DeepReadonly, NextHop } from '../../lib/settings/schema'
import { testNextHop } from '../next-hop-test'
import { ApiError, route, type Route } from './route'

/** What the plugin next-hops provides in each process. */
interface HostState {
  /** `host:port` */
  readonly host: string
  readonly reason?: string
}

const HOSTS = 'next-hop-hosts'

/** Where the mail of our domains goes. */
export const nextHopRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/next-hops',
    access: 'reader',
    summary: 'Where the mail of our domains goes, and whether it gets there',
    answer: z.array(
      z.strictObject({
        domain: z.string(),
        kind: z.enum(['smtp', 'maildir']),
        hosts: z.array(z.string()),
        port: z.number().optional(),
        tls: z.enum(['off', 'opportunistic', 'required']).optional(),
        queue: z.boolean().optional(),
        state: z.enum(['up', 'down', 'unknown']),
        detail: z.string().optional(),
      }),
    ),
    async handle({ gateway }) {
      const hosts = hostStates(await gateway.facts.gather())
      const { next_hops: nextHops } = gateway.settings()
      return { body: Object.entries(nextHops).map(([domain, nextHop]) => viewOf(domain, nextHop, hosts)) }
    },
  }),
  route({
    method: 'POST',
    path: '/next-hops/test',
    access: 'editor',
    summary: 'Walk through a delivery up to where a message would be sent',
    body: z.strictObject({
      domain: z.string().max(255).describe('as in next_hops'),
      recipient: z
        .string()
        .max(320)
        .refine(isEmailAddress, 'must be an address such as anna@example.com')
        .optional(),
    }),
    answer: z.strictObject({
      ok: z.boolean(),
      steps: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), text: z.string(), ms: z.number() })),
    }),
    async handle({ gateway, body: { domain, recipient } }) {
      const steps = await testNextHop({
        nextHop: nextHopOf(gateway, domain),
        password: gateway.secrets().next_hops[domain]?.password,
        helloName: gateway.hostname,
        instanceDir: gateway.instanceDir,
        recipient,
      })
      return { body: { ok: steps.every(({ ok }) => ok), steps } }
    },
  }),
]

function nextHopOf(gateway: Gateway, domain: string): DeepReadonly<NextHop> {
  const { next_hops: nextHops } = gateway.settings()
  const nextHop = Object.hasOwn(nextHops, domain) ? nextHops[domain] : undefined
  if (!nextHop) throw new ApiError(404, 'there is no next hop for this domain')
  return nextHop
}

/** By `host:port`: in which processes it answered, and why it did not in others. */
function hostStates(processes: readonly FactsOfProcess[]): ReadonlyMap<string, readonly HostState[]> {
  const states = processes.flatMap(({ facts }) => (facts[HOSTS] ?? []) as readonly HostState[])
  return new Map(states.map(({ host }) => [host, states.filter((state) => state.host === host)]))
}

function viewOf(
  domain: string,
  nextHop: DeepReadonly<NextHop>,
  known: ReadonlyMap<string, readonly HostState[]>,
) {
  if ('maildir' in nextHop) {
    return { domain, kind: 'maildir', hosts: [nextHop.maildir], state: 'unknown' }
  }
  const { port, tls, queue } = nextHop
  const hosts = typeof nextHop.host === 'string' ? [nextHop.host] : [...nextHop.host]
  const states = hosts.flatMap((host) => known.get(`${host}:${port}`) ?? [])
  const failed = states.filter(({ reason }) => reason !== undefined)
  const state = states.length === 0 ? 'unknown' : failed.length === states.length ? 'down' : 'up'
  return {
    domain,
    kind: 'smtp',
    hosts,
    port,
    tls,
    queue,
    state,
    ...(failed[0]?.reason !== undefined && { detail: `${failed[0].host}: ${failed[0].reason}` }),
  }
}
