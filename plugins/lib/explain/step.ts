import type { Asked } from '../lists'

/** What a part of the gateway tells about itself while it is watched. */
export type Fact =
  /** A plugin's turn in a hook. */
  | {
      readonly kind: 'hook'
      readonly hook: string
      readonly plugin: string
      readonly outcome: HookOutcome
      /** What it said, if it decided. */
      readonly text?: string
      readonly ms: number
    }
  /** A plugin that was left out, because it could change something or deliver; of a hook, or altogether. */
  | { readonly kind: 'left-out'; readonly hook?: string; readonly plugin: string; readonly reason: string }
  | ({ readonly kind: 'lookup' } & Asked)
  /** Where a recipient's mail would go. */
  | {
      readonly kind: 'next-hop'
      readonly recipient: string
      readonly destinations: readonly Destination[]
      /** Whether a next hop has been asked about it. */
      readonly isAsked: boolean
    }
  /** A line that a plugin logged about the session. */
  | { readonly kind: 'log'; readonly plugin: string; readonly text: string }
  /** A command and its reply. */
  | ({ readonly kind: 'reply' } & Exchange)

export type HookOutcome = 'continue' | 'accept' | 'refuse' | 'defer' | 'failed'

export interface Destination {
  readonly recipient: string
  /** Next hop by its name in the settings; without one it goes to the MX of its domain. */
  readonly nextHop?: string
  /** Whether it takes the queue; else it is handed over while the client waits. */
  readonly isQueued: boolean
  /** Goes to the administrative contacts instead. */
  readonly isContact: boolean
}

export type Stage = 'connect' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'message'

export interface Exchange {
  readonly stage: Stage
  /** The command; a message is not repeated. */
  readonly command?: string
  /** Lines joined by a line feed, each with its code. */
  readonly reply: string
  /** Reference of a refusal. */
  readonly ref?: string
  readonly ms: number
}

/** A fact with its time, in milliseconds since the client connected. */
export type Step = Fact & { readonly atMs: number }
