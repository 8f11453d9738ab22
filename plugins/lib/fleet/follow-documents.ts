import type { Clock } from '../clock'
import { reasonOf } from '../error-text'
import type { Log } from '../log'
import type { Base } from './bases'
import type { Documents, FleetDocument } from './documents'
import type { Fleet } from './fleet'
import type { Over, Replica, ReplicaStates } from './replica'

export interface FollowerOptions {
  readonly fleet: Fleet
  readonly documents: Documents
  readonly states: ReplicaStates
  readonly clock: Clock
  readonly log: Log
  /** Those that others need come first. */
  readonly order: (a: string, b: string) => number
}

/** Takes what other nodes have shared. */
export interface Follower {
  /** Never rejects. */
  catchUp(): Promise<void>
  /** Takes the fleet's, whatever was edited here; returns why that was not possible. */
  takeFleets(name: string): Promise<string | undefined>
}

const EDITED = 'it was edited on this gateway: share it, or take what the others have'
const PUT_BACK_MS = 30_000

export function createFollower(options: FollowerOptions): Follower {
  const { documents, states, log, order } = options
  return {
    async catchUp() {
      try {
        states.heads = await documents.heads()
        for (const name of states.names().toSorted(order)) await follow(options, name)
      } catch (error) {
        log.debug(`fleet: documents cannot be followed now: ${reasonOf(error)}`)
      }
    },
    async takeFleets(name) {
      try {
        states.heads = await documents.heads()
        const head = states.heads.get(name) ?? 0
        const document = await documents.get(name, head)
        if (!document) return 'nobody has shared it'
        const circumstances = states.replicaOf(name)?.circumstances()
        await take(options, { name, revision: head, document, circumstances })
        return states.fault(name)
      } catch (error) {
        return reasonOf(error)
      }
    },
  }
}

async function follow(options: FollowerOptions, name: string): Promise<void> {
  const { documents, states } = options
  const replica = states.replicaOf(name)
  const base = states.bases.get(name)
  const head = states.heads.get(name) ?? 0
  if (!replica || base?.revision === head || states.isRefused(name, head)) return
  if (base && base.revision > head) {
    await putBack(options, name, base)
    return
  }
  const document = await documents.get(name, head)
  if (!document) return
  const circumstances = replica.circumstances()
  const wanted = replica.fingerprint(document.text)
  const here = states.fingerprintOf(name)
  if (here === wanted) states.taken(name, head, wanted)
  else if (mayTake(replica, here, base, document))
    await take(options, { name, revision: head, document, circumstances, over: { fingerprint: here } })
  else states.refuse(name, head, EDITED, circumstances)
}

/** What somebody has written here by hand is not lost by what another node shares. */
function mayTake(
  replica: Replica,
  here: string | undefined,
  base: Base | undefined,
  document: FleetDocument,
): boolean {
  if (here === undefined || here === document.from) return true
  return base ? here === base.fingerprint : replica.yields
}

interface Taking {
  readonly name: string
  readonly revision: number
  readonly document: FleetDocument
  /** Those in which it was decided to take it. */
  readonly circumstances: string | undefined
  readonly over?: Over
}

async function take(
  { states, log }: FollowerOptions,
  { name, revision, document, circumstances, over }: Taking,
): Promise<void> {
  const fault = await states.replicaOf(name)?.take(document, over)
  if (fault !== undefined) {
    states.refuse(name, revision, fault, circumstances)
    return
  }
  states.taken(name, revision, states.fingerprintOf(name) ?? '')
  log.notice(`fleet: ${name} is as ${document.by} has shared it on ${document.node} (revision ${revision})`)
}

/** A Redis that has lost what it knew gets it from a node that has it. */
async function putBack(
  { fleet, documents, states, clock }: FollowerOptions,
  name: string,
  { revision, fingerprint }: Base,
): Promise<void> {
  const text = states.replicaOf(name)?.read()
  if (text === undefined || states.fingerprintOf(name) !== fingerprint) return
  if (!(await fleet.lease(`put-back ${name} ${revision}`, PUT_BACK_MS))) return
  await documents.publish(name, revision, { text, node: fleet.node, by: 'the fleet', time: clock.now() })
}
