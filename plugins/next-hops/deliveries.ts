import { resolve } from 'node:path'
import { systemClock } from '../lib/clock'
import type { Gateway } from '../lib/gateway'
import { createConnector } from './connector'
import type { Delivery, Envelope } from './delivery'
import { openForwarding } from './forward'
import { createHostMemory } from './hosts'
import { createIdleSessions, type IdleSessions } from './idle-sessions'
import { openMaildir } from './maildir'
import { nextHopName, type Route } from './routes'

/** Starts a delivery along a route, whether a client waits for it or it comes from the queue. */
export type OpenDelivery = (route: Route, envelope: Envelope) => Delivery

export function createDeliveries(gateway: Gateway): OpenDelivery {
  const { hostname, instanceDir, log } = gateway
  const memory = createHostMemory(systemClock, log)
  gateway.facts.provide('next-hop-hosts', () => memory.states())
  const idleOf = createIdleByNextHop()
  return (route, envelope) => {
    const { nextHop, domain } = route
    if ('maildir' in nextHop) {
      const directory = resolve(instanceDir, nextHop.maildir)
      return openMaildir({ directory, hostname, clock: systemClock, log }, envelope)
    }
    const password = gateway.secrets().next_hops[domain]?.password
    const name = nextHopName(route)
    const connect = createConnector({ nextHop, password, helloName: hostname, memory })
    return openForwarding(name, envelope, connect, log, idleOf(`${name} ${nextHop.timeout}`, password))
  }
}

/** Sessions of a next hop; those of an earlier password end by themselves. */
function createIdleByNextHop() {
  const byName = new Map<string, { readonly password: string | undefined; readonly idle: IdleSessions }>()
  return (name: string, password: string | undefined): IdleSessions => {
    const known = byName.get(name)
    if (known && known.password === password) return known.idle
    const idle = createIdleSessions()
    byName.set(name, { password, idle })
    return idle
  }
}
