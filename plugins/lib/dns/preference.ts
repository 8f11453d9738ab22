import type { Log } from '../log'
import type { NameServer } from './name-server'

const retestEveryMs = 2000

export interface Preference {
  /** Servers in the order in which to ask them: as configured, those that keep silent last. */
  readonly ranked: () => readonly NameServer[]
  demote(server: NameServer): void
  readonly isSilent: (server: NameServer) => boolean
  heard(server: NameServer): void
  close(): void
}

/**
 * A dead first server costs one retransmission once, not one with every lookup: who keeps silent is asked last
 * until a test in the background is answered.
 */
export function createPreference(
  servers: readonly NameServer[],
  retest: (server: NameServer) => void,
  log: Log,
): Preference {
  let ranked = servers
  const silent = new Set<NameServer>()
  /** Those that the operator has been told about. */
  const reported = new Set<NameServer>()
  let timer: NodeJS.Timeout | undefined

  function rank() {
    ranked = [...servers].sort((a, b) => Number(silent.has(a)) - Number(silent.has(b)))
  }

  function retestSilent() {
    for (const server of silent) {
      // Some answers are just slow: only who misses a test as well is worth a line.
      if (silent.size < servers.length && !reported.has(server)) {
        reported.add(server)
        log.warn(`DNS server ${server.address} does not answer: it is asked last until it does`)
      }
      retest(server)
    }
  }

  return {
    ranked: () => ranked,
    isSilent: (server) => silent.has(server),
    demote(server) {
      if (servers.length < 2 || silent.has(server)) return
      silent.add(server)
      rank()
      timer ??= setInterval(retestSilent, retestEveryMs).unref()
    },
    heard(server) {
      if (!silent.delete(server)) return
      rank()
      if (reported.delete(server)) log.notice(`DNS server ${server.address} answers again`)
      if (silent.size > 0) return
      clearInterval(timer)
      timer = undefined
    },
    close: () => {
      clearInterval(timer)
    },
  }
}
