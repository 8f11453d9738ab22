import type { NodeAnswer } from '../fleet/questions'
import type { FleetStatus } from '../fleet/fleet'
import type { NodeCount, NodeView } from '../fleet/nodes'
import type { DocumentState } from '../fleet/replica'
import type { Sharing } from '../fleet/replicas'
import type { Publication } from '../fleet/share-document'
import type { Bus } from '../haraka/bus'
import { isLeader, type ProcessRole } from '../haraka/process-role'
import type { Settings } from '../settings/schema'

/** The fleet as every process of a gateway sees it; what is asked here, the leader does. */
export interface FleetDesk {
  /** Whether the settings name a fleet. */
  isMember(): boolean
  view(): Promise<FleetView>
  /** The nodes that are there, this one first: less to ask of Redis than a view. Only this one while it is gone. */
  aliveNodes(): Promise<readonly string[]>
  /** How this node stands in the fleet, for metrics; undefined when it is in none. */
  state(): Promise<FleetState | undefined>
  catchUp(): Promise<void>
  /** Has the others take a document as it is here. */
  share(name: string, publication: Publication): Promise<FleetSharing>
  takeFleets(name: string): Promise<string | undefined>
  /** Asks the other nodes; empty when there are none, or Redis is gone. */
  ask(topic: string, question: unknown, timeoutMs: number): Promise<readonly NodeAnswer[]>
  /** How this node answers the others: for plugins, in every process. */
  answer(topic: string, responder: (question: unknown) => unknown): void
}

export type FleetSharing = Sharing | { readonly kind: 'alone' }

export interface FleetView {
  readonly name: string
  readonly node: string
  /** Why Redis cannot be used. */
  readonly fault?: string
  /** The settings that the fleet shares, without their text. */
  readonly settings?: {
    readonly revision: number
    readonly by: string
    readonly node: string
    readonly time: number
    readonly note?: string
  }
  readonly documents: readonly DocumentState[]
  readonly nodes: readonly NodeView[]
}

export interface FleetState extends FleetStatus {
  /** Undefined while Redis cannot tell. */
  readonly nodes: NodeCount | undefined
  /** Revisions of the settings: the newest that this node knows of, and the one that it has in force. */
  readonly published: number
  readonly inForce: number
  readonly isEdited: boolean
  /** Documents that it has not taken, or not been able to. */
  readonly problems: number
}

/** What the leader does for all processes of its host. */
export interface FleetService extends Omit<FleetDesk, 'isMember' | 'answer'> {
  answer(topic: string, responder: (question: unknown) => unknown): void
}

interface Errand {
  readonly what: Exclude<keyof FleetService, 'answer'>
  readonly args: readonly unknown[]
}

const TOPIC = 'fleet'
/** Longer than any errand takes. */
const TIMEOUT_MS = 15_000

export interface FleetDeskOptions {
  readonly bus: Bus
  readonly role: ProcessRole
  readonly settings: () => Settings
}

/** `serve` is for the leader. */
export function createFleetDesk({ bus, role, settings }: FleetDeskOptions): FleetDesk & {
  serve(service: FleetService): void
} {
  const isMember = (): boolean => settings().fleet.redis !== ''
  let served: FleetService | undefined
  bus.answer(TOPIC, async (errand): Promise<{ done: unknown } | undefined> => {
    if (!served) return undefined
    const { what, args } = errand as Errand
    return { done: await (served[what] as (...args: readonly unknown[]) => unknown)(...args) }
  })
  const run = async <Result>(
    what: Errand['what'],
    args: readonly unknown[],
    without: Result,
  ): Promise<Result> => {
    if (!isMember()) return without
    if (served) return (served[what] as (...args: readonly unknown[]) => Promise<Result>)(...args)
    const answers = await bus.ask(TOPIC, { what, args } satisfies Errand, TIMEOUT_MS)
    const done = answers.map(({ answer }) => answer as { done: Result } | undefined).find(Boolean)
    return done ? done.done : without
  }
  return {
    serve: (service) => void (served = service),
    isMember,
    view: () => run('view', [], { name: '', node: '', documents: [], nodes: [], fault: 'does not answer' }),
    aliveNodes: () => run('aliveNodes', [], []),
    state: () => run('state', [], undefined),
    catchUp: () => run('catchUp', [], undefined),
    async share(name, publication) {
      if (!isMember()) return { kind: 'alone' }
      return run('share', [name, publication], { kind: 'not shared', reason: 'the fleet is not there' })
    },
    takeFleets: (name) => run('takeFleets', [name], 'the fleet is not there'),
    ask: (topic, question, timeoutMs) => run('ask', [topic, question, timeoutMs], []),
    answer(topic, responder) {
      if (isLeader(role)) served?.answer(topic, responder)
    },
  }
}
