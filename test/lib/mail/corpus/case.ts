/** One way to write a link, and what has to come of it. */
export interface Case {
  /** What is peculiar about it. */
  readonly what: string
  /** The contents of a text or HTML part, or a whole message. */
  readonly part: 'text' | 'html' | 'message'
  /** In messages a line end is `\n`. */
  readonly input: string
  /** Exactly these names and addresses are found, in any order. */
  readonly wanted: readonly string[]
  /** What a careless reader would find too. */
  readonly unwanted?: readonly string[]
}
