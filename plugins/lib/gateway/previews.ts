/** What plugins of this process show of their work without a message; each puts its own here when it is on. */
export interface Previews {
  mark?: (from: string, envelope: string, client: PreviewedClient) => MarkPreview
}

export interface PreviewedClient {
  /** For messages without envelope sender. */
  readonly ip?: string
  /** Its HELO name, taken as confirmed. */
  readonly helo?: string
}

/** What would happen to a From. */
export interface MarkPreview {
  readonly kind: 'unchanged' | 'marked' | 'tagged' | 'reject'
  /** As it came. */
  readonly from: string
  /** The From that people see, or for `tagged` the field that is added. */
  readonly after?: string
  readonly why: readonly string[]
  /** What else one should know. */
  readonly notes: readonly string[]
}
