/**
 * Where engines report. Haraka's logger, a test's array or the terminal stand behind it.
 * A line is one fact in plain words and never holds a key or a password.
 */
export interface Log {
  debug(line: string): void
  info(line: string): void
  notice(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** Keeps quiet; for engines that nobody watches. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  notice: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
