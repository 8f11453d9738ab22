import type { Clock } from '../clock'
import { type Documents, type FleetDocument, MAX_DOCUMENT } from './documents'
import type { ReplicaStates } from './replica'

export interface Publication {
  readonly by: string
  readonly note?: string
  /** The text before, where the fleet may not know it. */
  readonly before?: string
  /** Fingerprint of what was saved here, which the fleet's may have replaced by now. */
  readonly saved?: string
  /** Also over a revision that this node has not taken. */
  readonly isForced?: boolean
}

export type Published =
  /** `isNew`: the others don't have it yet. */
  | { readonly kind: 'shared'; readonly revision: number; readonly isNew: boolean }
  /** Another node was first. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'not shared'; readonly reason: string }

export interface PublisherOptions {
  readonly node: string
  readonly documents: Documents
  readonly states: ReplicaStates
  readonly clock: Clock
}

/** Makes the document as it is here the next revision of the fleet. Rejects without Redis. */
export async function publishDocument(
  options: PublisherOptions,
  name: string,
  publication: Publication,
): Promise<Published> {
  const { documents, states } = options
  const text = states.replicaOf(name)?.read()
  if (text === undefined) return { kind: 'not shared', reason: 'it is not there' }
  if (text.length > MAX_DOCUMENT) return { kind: 'not shared', reason: 'it is too long' }
  states.heads = await documents.heads()
  const head = states.heads.get(name) ?? 0
  const base = states.bases.get(name)
  const taken = base?.revision ?? 0
  const here = states.fingerprintOf(name)
  if (taken === head && here === base?.fingerprint) return sharedAlready(head, here, publication)
  if (head > taken && publication.isForced !== true) return meetFleets(options, name, here)
  const revision = Math.max(head, taken) + 1
  const document = documentOf(options, name, text, publication)
  if (!(await documents.publish(name, revision, document))) return meetFleets(options, name, here)
  states.heads = new Map([...states.heads, [name, revision]])
  states.taken(name, revision, states.replicaOf(name)?.fingerprint(text) ?? '')
  return { kind: 'shared', revision, isNew: true }
}

function sharedAlready(revision: number, here: string | undefined, { saved = here }: Publication): Published {
  return saved === here ? { kind: 'shared', revision, isNew: false } : { kind: 'overtaken' }
}

/** Another node was first; two people may have had the same idea, and then nothing is in anybody's way. */
async function meetFleets(
  { documents, states }: PublisherOptions,
  name: string,
  here: string | undefined,
): Promise<Published> {
  states.heads = await documents.heads()
  const head = states.heads.get(name) ?? 0
  const document = await documents.get(name, head)
  const isSame = document && here !== undefined && states.replicaOf(name)?.fingerprint(document.text) === here
  if (!isSame) return { kind: 'overtaken' }
  states.taken(name, head, here)
  return { kind: 'shared', revision: head, isNew: false }
}

function documentOf(
  { node, states, clock }: PublisherOptions,
  name: string,
  text: string,
  { by, note, before }: Publication,
): FleetDocument {
  const ofBefore = before === undefined ? undefined : states.replicaOf(name)?.fingerprint(before)
  const from = states.bases.get(name)?.fingerprint ?? ofBefore
  return {
    text,
    node,
    by,
    time: clock.now(),
    ...(from !== undefined && { from }),
    ...(note !== undefined && { note }),
  }
}
