/** Waits until `check` returns something truthy; fails after a deadline that no healthy run comes near. */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  deadlineMs = 40_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const value = await check()
    if (value) return value
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
