import cluster from 'node:cluster'
import type { HarakaServer } from './types'

/**
 * What this process is: with `nodes` above 0 in smtp.ini a `master` keeps `worker`s that speak SMTP and HTTP;
 * with `nodes=0` a `single` process does everything. Master and single are the leader: exactly one on a host.
 * A `rehearsal` process serves nobody: it only tries messages out, beside a gateway that may run.
 */
export type ProcessRole = 'master' | 'worker' | 'single' | 'rehearsal'

/** Note of Haraka's server that makes this a rehearsal process, set before plugins are loaded. */
export const REHEARSAL_PROCESS = 'gateway_rehearsal'

export function processRole(server: HarakaServer): ProcessRole {
  if (server.notes[REHEARSAL_PROCESS] === true) return 'rehearsal'
  if (cluster.isWorker) return 'worker'
  // Haraka runs one worker when nodes is not set.
  const nodes = server.cfg.main.nodes ?? 1
  return nodes === 0 || nodes === '0' ? 'single' : 'master'
}

export const isLeader = (role: ProcessRole): boolean => role === 'master' || role === 'single'
