/** What a list speaks about and in which plugin it is asked; the names of the settings, in the singular. */
export type ListKind = 'ip_blocklist' | 'ip_allowlist' | 'domain_blocklist' | 'uri_blocklist'

/** What a listing does to the message. Allowlists allow; `allow` cannot be set by hand. */
export type ListAction = 'allow' | 'reject' | 'score' | 'note'

/** What a list can be asked about. Names are canonical: A-labels, lower case, no trailing dot. */
export type Item =
  { readonly kind: 'ip'; readonly ip: string } | { readonly kind: 'name'; readonly name: string }

/** One meaning of an answer, from the list's code table. */
export interface CodeMeaning {
  /** `127.0.0.2`, `bit 8 of 127.0.0.72`, or for a local list the entry that matched. */
  readonly code: string
  readonly meaning: string
  readonly action: ListAction
}

/** An item that a list lists. */
export interface Listing {
  readonly kind: 'listed'
  readonly listId: string
  /** Public name of the list: never holds a key. */
  readonly list: string
  readonly item: Item
  readonly codes: readonly CodeMeaning[]
  /** The strongest action among the codes. */
  readonly action: ListAction
  /** Points this listing adds to the message's score: 0 unless the action is `score`. */
  readonly score: number
  /** Where people can look the item up, if the provider has such a page. */
  readonly lookupUrl?: string
  readonly ms: number
}

/** What one list said about one item. */
export type Finding =
  | Listing
  | {
      readonly kind: 'clear'
      readonly listId: string
      readonly list: string
      readonly item: Item
      readonly ms: number
    }
  /** The list gave no usable answer: mail passes (fail open). */
  | {
      readonly kind: 'error'
      readonly listId: string
      readonly list: string
      readonly item: Item
      readonly reason: string
      readonly ms: number
    }
  /** Not asked: suspended, misconfigured, or the item is of no use to this list. */
  | {
      readonly kind: 'skipped'
      readonly listId: string
      readonly list: string
      readonly item: Item
      readonly reason: string
    }

export type ListState =
  /** `note`: works as far as can be told, but the operator should know something. */
  | { readonly kind: 'up'; readonly note?: string }
  | {
      readonly kind: 'suspended'
      readonly reason: string
      /** Milliseconds since the epoch. */
      readonly since: number
      readonly nextTest: number
    }
  | { readonly kind: 'misconfigured'; readonly reason: string }
