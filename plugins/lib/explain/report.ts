import type { SizeLimit } from '../haraka/notes'
import type { JournalRecord, Outcome } from '../journal/record'
import type { Asked } from '../lists'
import type { Destination, Exchange, Stage, Step } from './step'

/** What would happen to a message, and why. Plain data: it is shown as JSON. */
export interface ExplainReport {
  readonly verdict: ExplainVerdict
  /** Of the whole session, in milliseconds. */
  readonly ms: number
  readonly client: ExplainedClient
  /** Commands and replies, in their order. */
  readonly exchanges: readonly Exchange[]
  /** What lists were asked, or why not, in the order of the answers. */
  readonly lists: readonly Asked[]
  readonly score: number
  /** The score that refuses a message. */
  readonly rejectScore: number
  readonly size?: ExplainedSize
  readonly nextHops: readonly ExplainedNextHop[]
  readonly header?: ExplainedHeader
  readonly mark?: ExplainedMark
  /** What plugins left undone and why: `gateway/ip-lists: private address`. */
  readonly skipped: readonly string[]
  /** Refusals that would not happen, because the gateway only watches. */
  readonly wouldRefuse: readonly string[]
  /** Results of all plugins, as Haraka keeps them. */
  readonly results: readonly PluginResults[]
  /** Plugins that were left out. */
  readonly leftOut: readonly { readonly plugin: string; readonly reason: string }[]
  /** How this differs from live mail. */
  readonly remarks: readonly string[]
  /** Everything, in the order it happened. */
  readonly steps: readonly Step[]
  /** What the journal would have kept. */
  readonly record?: JournalRecord
}

export interface ExplainVerdict {
  readonly outcome: Outcome
  /** Where it was decided. */
  readonly stage: Stage
  readonly reply: string
  /** The plugin whose reply that is, if it is a refusal. */
  readonly by?: string
  readonly ref?: string
}

export interface ExplainedClient {
  readonly ip: string
  readonly name?: string
  readonly helo: string
  readonly port: number
  readonly isEncrypted: boolean
  readonly user?: string
}

export interface ExplainedSize {
  readonly declaredBytes: number
  readonly receivedBytes: number
  readonly limit: SizeLimit
}

export interface ExplainedNextHop {
  /** As the client wrote it. */
  readonly recipient: string
  readonly destinations: readonly Destination[]
  readonly isAsked: boolean
}

/** Header fields with their folds, before the plugins saw the message and after. */
export interface ExplainedHeader {
  readonly fromBefore: readonly string[]
  readonly fromAfter: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** What mark-from did with From. */
export interface ExplainedMark {
  readonly action: string
  readonly sender?: string
  readonly domain?: string
  readonly why: readonly string[]
}

export interface PluginResults {
  readonly plugin: string
  readonly pass: readonly string[]
  readonly fail: readonly string[]
  readonly skip: readonly string[]
  readonly err: readonly string[]
  readonly msg: readonly string[]
}
