import { check } from './commands/check'
import { explain } from './commands/explain'
import { importLists } from './commands/import'
import { init } from './commands/init'
import { mark } from './commands/mark'
import { report } from './commands/report'
import { search } from './commands/search'
import { sendmail } from './commands/sendmail'
import { start } from './commands/start'
import { user } from './commands/user'
import { validate } from './commands/validate'

export interface Command {
  readonly name: string
  /** Name and arguments, for the help. */
  readonly usage: string
  readonly summary: string
  /** Names of the `--options` it takes, each with a value; `raw`: it reads its arguments itself. */
  readonly options: readonly string[] | 'raw'
  /** Names of the `--options` with a value that may be given several times. */
  readonly lists?: readonly string[]
  /** Names of the `--options` that stand alone. */
  readonly flags?: readonly string[]
  /** Returns the exit code; -1 when the process goes on. */
  run(
    args: readonly string[],
    options: Readonly<Record<string, string | undefined>>,
    flags: ReadonlySet<string>,
    lists?: Readonly<Record<string, readonly string[]>>,
  ): Promise<number> | number
}

export const commands: readonly Command[] = [
  init,
  start,
  validate,
  check,
  explain,
  search,
  report,
  mark,
  importLists,
  user,
  sendmail,
]
