import type { Question } from './codec'
import { createNameServer, type NameServer, type ServerStats } from './name-server'
import { createPreference, type Preference } from './preference'
import { createReachability, type ReachabilityContext } from './reachability'
import { createReading } from './reading'
import { formatServer, type ServerAddress } from './server-address'

/** The servers in use: whom to ask first, and whether anybody answers at all. */
export interface Servers {
  /** In the order in which to ask them. */
  readonly ranked: () => readonly NameServer[]
  /** This one was asked and kept silent. */
  demote(server: NameServer): void
  /** It has been demoted and has not answered since. */
  isSilent(server: NameServer): boolean
  /** See Reachability. */
  readonly replies: () => number
  readonly check: () => number
  readonly silentMs: () => number
  readonly isReachable: () => boolean
  readonly lose: () => void
  /** Runs it once what has already arrived is read. */
  readonly afterReading: (task: () => void) => void
  /** false when these are in use already. */
  replace(addresses: readonly ServerAddress[]): boolean
  stats(): readonly ({ readonly address: string } & Readonly<ServerStats>)[]
  close(): void
}

export function createServers(
  addresses: readonly ServerAddress[],
  context: Omit<ReachabilityContext, 'servers'> & { readonly onSent: (question: Question) => void },
): Servers {
  let servers: readonly NameServer[] = []
  let preference: Preference
  const reachability = createReachability({ ...context, servers: () => servers })

  function heard(server: NameServer, question: Question) {
    preference.heard(server)
    reachability.heard(question)
  }

  function open(wanted: readonly ServerAddress[]) {
    servers = wanted.map((address) => createNameServer(address, heard, context.onSent))
    preference = createPreference(servers, reachability.checkOne, context.log)
  }

  function close() {
    preference.close()
    reachability.reset()
    for (const server of servers) server.close()
  }

  open(addresses)
  return {
    ranked: () => preference.ranked(),
    demote: (server) => {
      preference.demote(server)
    },
    isSilent: (server) => preference.isSilent(server),
    replies: reachability.replies,
    check: reachability.check,
    silentMs: reachability.silentMs,
    isReachable: reachability.isReachable,
    lose: reachability.lose,
    afterReading: createReading(reachability.replies),
    replace(wanted) {
      const current = servers.map((server) => server.address).join()
      if (wanted.map(formatServer).join() === current) return false
      close()
      open(wanted)
      return true
    },
    stats: () => servers.map(({ address, stats }) => ({ address, ...stats })),
    close,
  }
}
