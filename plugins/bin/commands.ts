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

/** In the order of the help. Each is loaded when it runs: `init` and `start` need little of what `explain` does. */
const loaders = new Map<string, () => Promise<Command>>([
  ['init', async () => (await import('./commands/init')).init],
  ['start', async () => (await import('./commands/start')).start],
  ['validate', async () => (await import('./commands/validate')).validate],
  ['check', async () => (await import('./commands/check')).check],
  ['explain', async () => (await import('./commands/explain')).explain],
  ['search', async () => (await import('./commands/search')).search],
  ['report', async () => (await import('./commands/report')).report],
  ['mark', async () => (await import('./commands/mark')).mark],
  ['import', async () => (await import('./commands/import')).importLists],
  ['user', async () => (await import('./commands/user')).user],
  ['sendmail', async () => (await import('./commands/sendmail')).sendmail],
])

/** Undefined when there is none of the name. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return loaders.get(name)?.()
}

export async function loadCommands(): Promise<Command[]> {
  return Promise.all([...loaders.values()].map((load) => load()))
}
