import { init } from './commands/init'
import { mark } from './commands/mark'
import { start } from './commands/start'
import { validate } from './commands/validate'

export interface Command {
  readonly name: string
  /** Name and arguments, for the help. */
  readonly usage: string
  readonly summary: string
  /** Names of the `--options` it takes, each with a value. */
  readonly options: readonly string[]
  /** Returns the exit code; -1 when the process goes on. */
  run(
    args: readonly string[],
    options: Readonly<Record<string, string | undefined>>,
  ): Promise<number> | number
}

export const commands: readonly Command[] = [init, start, validate, mark]
