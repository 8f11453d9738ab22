import type { Bases } from './bases'
import type { FleetDocument } from './documents'
import type { Log } from '../log'

/** Undefined where the document was not there. */
export interface Over {
  readonly fingerprint: string | undefined
}

export const CHANGED_MEANWHILE = 'it was changed here meanwhile'

/** A document on this node. */
export interface Replica {
  /** What of it is for all; undefined when it is not there. */
  read(): string | undefined
  /** Equal for texts that say the same. */
  fingerprint(text: string): string
  /**
   * Makes it say so here; returns why that was not possible. `over`: the fingerprint of what it may replace, which
   * another process may have changed since; without it, anything.
   */
  take(document: FleetDocument, over?: Over): Promise<string | undefined>
  /** Another one when what was refused before may be possible now. */
  circumstances(): string
  /** Whether a node that is new in the fleet takes it whatever its own says. */
  readonly yields: boolean
}

export interface DocumentState {
  readonly name: string
  /** Newest revision in the fleet; 0: none has shared it. */
  readonly head: number
  /** That this node has taken. */
  readonly revision: number
  readonly isEdited: boolean
  /** Why it has not taken the newest. */
  readonly fault?: string
}

/** How the documents stand here. */
export interface ReplicaStates {
  heads: ReadonlyMap<string, number>
  readonly bases: Bases
  readonly replicaOf: (name: string) => Replica | undefined
  fingerprintOf(name: string): string | undefined
  taken(name: string, revision: number, fingerprint: string): void
  /** `circumstances`: those that the refusal is founded on, read before all else: files may change at any time. */
  refuse(name: string, revision: number, text: string, circumstances: string | undefined): void
  /** Whether it was refused, and nothing has changed since. */
  isRefused(name: string, revision: number): boolean
  fault(name: string): string | undefined
  names(): readonly string[]
  list(): readonly DocumentState[]
}

interface Fault {
  readonly revision: number
  readonly text: string
  readonly circumstances: string | undefined
}

export function createReplicaStates(
  bases: Bases,
  replicaOf: (name: string) => Replica | undefined,
  log: Log,
): ReplicaStates {
  const faults = new Map<string, Fault>()
  const states: ReplicaStates = {
    heads: new Map(),
    bases,
    replicaOf,
    fingerprintOf(name) {
      const replica = replicaOf(name)
      const text = replica?.read()
      return replica && text !== undefined ? replica.fingerprint(text) : undefined
    },
    taken(name, revision, fingerprint) {
      faults.delete(name)
      bases.set(name, { revision, fingerprint })
    },
    refuse(name, revision, text, circumstances) {
      const known = faults.get(name)
      faults.set(name, { revision, text, circumstances })
      if (known?.revision === revision && known.text === text) return
      log.warn(`fleet: ${name}, revision ${revision}, is not taken here: ${text}`)
    },
    isRefused(name, revision) {
      const known = faults.get(name)
      return known?.revision === revision && known.circumstances === replicaOf(name)?.circumstances()
    },
    fault: (name) => faults.get(name)?.text,
    names: () => [...new Set([...bases.names(), ...states.heads.keys()])],
    list: () => states.names().flatMap((name) => (replicaOf(name) ? [stateOf(states, name)] : [])),
  }
  return states
}

function stateOf(states: ReplicaStates, name: string): DocumentState {
  const base = states.bases.get(name)
  const fault = states.fault(name)
  return {
    name,
    head: states.heads.get(name) ?? 0,
    revision: base?.revision ?? 0,
    isEdited: base !== undefined && states.fingerprintOf(name) !== base.fingerprint,
    ...(fault !== undefined && { fault }),
  }
}
