/** What a list speaks about and in which plugin it is asked; the names of the settings, in the singular. */
export type ListKind = 'ip_blocklist' | 'ip_allowlist' | 'domain_blocklist' | 'uri_blocklist'

/** What a listing does to the message. */
export type ListAction = 'reject' | 'score' | 'note'

/** What a list can be asked about. Names are canonical: A-labels, lower case, no trailing dot. */
export type Item =
  { readonly kind: 'ip'; readonly ip: string } | { readonly kind: 'name'; readonly name: string }

/** One meaning of an answer, from the list's code table. */
export interface CodeMeaning {
  /** `127.0.0.2`, or `bit 8 of 127.0.0.x` as the provider's documentation writes it. */
  readonly code: string
  readonly meaning: string
  readonly action: ListAction
}

/** What one list said about one item. */
export type Finding =
  | {
      readonly kind: 'listed'
      /** Public name of the list: never holds a key. */
      readonly list: string
      readonly item: Item
      readonly codes: readonly CodeMeaning[]
      /** The strongest action among the codes. */
      readonly action: ListAction
      /** Points this listing adds to the message's score. */
      readonly score: number
      readonly ms: number
    }
  | { readonly kind: 'clear'; readonly list: string; readonly item: Item; readonly ms: number }
  /** The list gave no usable answer: mail passes (fail open). */
  | {
      readonly kind: 'error'
      readonly list: string
      readonly item: Item
      readonly reason: string
      readonly ms: number
    }
  /** Not asked: suspended, misconfigured, or the item is of no use to this list. */
  | { readonly kind: 'skipped'; readonly list: string; readonly item: Item; readonly reason: string }

export type ListState =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'suspended'
      readonly reason: string
      /** Milliseconds since the epoch. */
      readonly since: number
      readonly nextTest: number
    }
  | { readonly kind: 'misconfigured'; readonly reason: string }
