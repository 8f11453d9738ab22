import type { Finding } from '../lists/types'

/** How a transaction ended, for the client that spoke SMTP. */
export type Outcome =
  | 'accepted'
  /** The message was accepted, but not for every recipient. */
  | 'partly'
  | 'refused'
  | 'deferred'
  /** The client left or began anew before there was anything to decide. */
  | 'abandoned'

export type RecipientOutcome = Exclude<Outcome, 'partly'>

/** What became of an accepted message. */
export type DeliveryState = 'delivered' | 'queued' | 'delayed' | 'bounced'

/**
 * What happened to one transaction, or to a session that was refused before one. It holds what an operator
 * needs to say why; no password, no key, and the subject only if the settings say so. What is undefined is not kept.
 */
export interface JournalRecord {
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number
  readonly durationMs: number
  /** Haraka's id of the session; the greeting shows its first six letters. */
  readonly session: string
  readonly transaction?: string | undefined
  /** References that refusals told the sender. */
  readonly refs: readonly string[]
  readonly client: ClientRecord
  /** Envelope sender; empty for the null sender. */
  readonly sender?: string | undefined
  readonly recipients: readonly RecipientRecord[]
  /** Recipients beyond those kept here. */
  readonly moreRecipients?: number | undefined
  readonly size?: number | undefined
  /** Without angle brackets. */
  readonly messageId?: string | undefined
  /** Domain of the From header field. */
  readonly fromDomain?: string | undefined
  readonly subject?: string | undefined
  /** What lists said, but for what they do not list. */
  readonly findings: readonly FindingRecord[]
  /** What lists do not list. */
  readonly clear: readonly ClearRecord[]
  /** Findings beyond those kept here. */
  readonly moreFindings?: number | undefined
  readonly score: number
  /** What plugins left undone and why: `gateway/ip-lists: private address`. */
  readonly skips: readonly string[]
  /** Changes to the message: `From: Your Bank via strange-domain.net`. */
  readonly marks: readonly string[]
  readonly outcome: Outcome
  /** The reply that decided it, with its code. */
  readonly reply?: string | undefined
  /** The plugin whose reply that was. */
  readonly by?: string | undefined
  /** Refusals that did not happen, because the gateway only watches (`shadow: true`). */
  readonly wouldRefuse: readonly string[]
  readonly delivery?: DeliveryRecord | undefined
}

export interface ClientRecord {
  readonly ip: string
  /** First PTR name. */
  readonly name?: string | undefined
  readonly helo?: string | undefined
  /** Protocol and cipher. */
  readonly tls?: string | undefined
  /** Who signed in. */
  readonly user?: string | undefined
  /** Local port it came to. */
  readonly port: number
  /** Why no list judges it. */
  readonly trusted?: string | undefined
  /** Allowlist that spares it refusals before DATA. */
  readonly allowlist?: string | undefined
}

export interface RecipientRecord {
  readonly address: string
  readonly outcome: RecipientOutcome
  /** Where it differs from the record's. */
  readonly reply?: string | undefined
  readonly by?: string | undefined
}

/** A finding with the item as text: `203.0.113.9` or `example.org`. */
export type FindingRecord = FindingFacts & {
  /** `ip_blocklist/custom/bl.example.net` */
  readonly id: string
  readonly list: string
  readonly item: string
}

type FindingFacts =
  | ({ readonly kind: 'listed' } & Pick<
      Extract<Finding, { kind: 'listed' }>,
      'codes' | 'action' | 'score' | 'ms'
    >)
  | { readonly kind: 'error'; readonly reason: string; readonly ms: number }
  | { readonly kind: 'skipped'; readonly reason: string }

/** Items that a list was asked about and does not list, and how long each answer took. */
export interface ClearRecord {
  readonly id: string
  readonly list: string
  readonly items: readonly string[]
  readonly ms: readonly number[]
}

export interface DeliveryRecord {
  readonly state: DeliveryState
  readonly nextHop?: string | undefined
  /** What the next hop, or the queue, said when it took the message. */
  readonly answer?: string | undefined
  /** What came of it later, in the order it happened. */
  readonly events: readonly DeliveryEvent[]
}

/** A result of the outbound queue. */
export interface DeliveryEvent {
  readonly time: number
  readonly kind: 'delivered' | 'delayed' | 'bounced'
  readonly recipients: readonly string[]
  readonly nextHop?: string
  /** The next hop's answer, or why there is none. */
  readonly answer: string
  /** Seconds until the next attempt. */
  readonly retrySeconds?: number
}
