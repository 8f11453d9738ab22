import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from '../clock'
import { reasonOf } from '../error-text'
import type { Log } from '../log'
import type { Bases } from './bases'
import { createDocuments, type FleetDocument } from './documents'
import type { Fleet } from './fleet'
import { createFollower } from './follow-documents'
import { createReplicaStates, type DocumentState, type Replica } from './replica'
import { type Publication, publishDocument } from './share-document'

/** What became of a document that this node wants all to have. */
export type Sharing =
  | {
      readonly kind: 'shared'
      readonly revision: number
      /** What the others have answered. */
      readonly nodes: readonly { readonly node: string; readonly fault?: string }[]
    }
  /** Another node was first. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'not shared'; readonly reason: string }

/** The documents of a fleet on this node: it follows them, and shares its own. */
export interface Replicas {
  /** Takes what is new in the fleet; never rejects. */
  catchUp(): Promise<void>
  share(name: string, publication: Publication): Promise<Sharing>
  /** Takes the fleet's, whatever was edited here; returns why that was not possible. */
  takeFleets(name: string): Promise<string | undefined>
  states(): readonly DocumentState[]
  /** Rejects without Redis. */
  published(name: string): Promise<(FleetDocument & { readonly revision: number }) | undefined>
  close(): void
}

export interface ReplicasOptions {
  readonly fleet: Fleet
  readonly bases: Bases
  readonly clock: Clock
  readonly log: Log
  /** Undefined for a name that is none of ours. */
  readonly replicaOf: (name: string) => Replica | undefined
  /** Those that others need come first. */
  readonly order: (a: string, b: string) => number
  /** Something has been taken, or refused. */
  readonly onState: () => void
}

const TOPIC = 'document'
const question = z.strictObject({ name: z.string().max(500), revision: z.int().min(1) })
const answer = z.strictObject({ fault: z.string().max(1000).optional() })

/** Messages may be lost. */
const LOOK_MS = 30_000
/** A node has every process of its host take the settings, within three seconds. */
const ANSWERS_MS = 8000
const TRIES = 3
const PAUSE_MS = 1000

export function createReplicas(options: ReplicasOptions): Replicas {
  const { fleet, bases, replicaOf, log, onState } = options
  const documents = createDocuments(fleet)
  const states = createReplicaStates(bases, replicaOf, log)
  const follower = createFollower({ ...options, documents, states })
  const inTurn = createTurns(onState)
  const catchUp = (): Promise<void> => inTurn(() => follower.catchUp())
  const look = (): void => void catchUp()

  fleet.link.onUp(look)
  const timer = setInterval(look, LOOK_MS * (0.9 + Math.random() * 0.2)).unref()
  fleet.answer(TOPIC, async (asked): Promise<z.output<typeof answer>> => {
    const { name, revision } = question.parse(asked)
    const isTaken = (): boolean => (bases.get(name)?.revision ?? 0) >= revision
    // A whole fleet reads at once: who has got no answer from a busy Redis tries again.
    for (let tries = 0; tries < TRIES && !isTaken() && !states.isRefused(name, revision); tries++) {
      if (tries > 0) await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { ref: false })
      await catchUp()
    }
    return isTaken() ? {} : { fault: states.fault(name) ?? 'it has not taken it yet' }
  })

  return {
    catchUp,
    async share(name, publication) {
      try {
        const publisher = { ...options, node: fleet.node, documents, states }
        const published = await inTurn(() => publishDocument(publisher, name, publication))
        if (published.kind !== 'shared') return published
        const { revision, isNew } = published
        const answers = isNew ? await fleet.ask(TOPIC, { name, revision }, ANSWERS_MS) : []
        const nodes = answers.map((each) => ({ node: each.node, ...readAnswer(each.answer) }))
        return { kind: 'shared', revision, nodes }
      } catch (error) {
        return { kind: 'not shared', reason: reasonOf(error) }
      }
    },
    takeFleets: (name) => inTurn(() => follower.takeFleets(name)),
    states: () => states.list(),
    async published(name) {
      const revision = (await documents.heads()).get(name)
      const document = revision === undefined ? undefined : await documents.get(name, revision)
      return document && { ...document, revision: revision ?? 0 }
    },
    close: () => {
      clearInterval(timer)
    },
  }
}

function readAnswer(text: unknown): { readonly fault?: string } {
  const { fault } = answer.safeParse(text).data ?? { fault: 'it does not answer' }
  return fault === undefined ? {} : { fault }
}

/** One after the other: what is shared must not meet what is taken. */
function createTurns(onEnd: () => void) {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(task: () => Promise<Result>): Promise<Result> => {
    const result = last.then(task).finally(onEnd)
    last = result.catch(() => undefined)
    return result
  }
}
