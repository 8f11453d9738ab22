/** What went wrong, for the log: with the stack, because nobody expected it. */
export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What went wrong, for people: without the stack. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
