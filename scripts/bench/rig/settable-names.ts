import type { Behaviour, QueryCounts } from './name-server'
import type { NameService } from './name-service'
import { startProgram } from './program'

export interface SettableNames extends NameService {
  behave(behaviour: Behaviour): Promise<void>
  /** Totals, but `distinct` counts since the last call. */
  counts(): Promise<QueryCounts>
}

/** The name server of the bench, whose delay and faults can be set. */
export async function startSettableNames(): Promise<SettableNames> {
  const { program, ready } = await startProgram('name-server', { kind: 'listen' })
  const counts = (): Promise<QueryCounts> => program.ask({ kind: 'counts' })
  return {
    address: `127.0.0.1:${ready as number}`,
    what: 'the name server of the bench',
    counts,
    queries: async () => (await counts()).received,
    behave: (behaviour) => program.ask({ kind: 'behave', ...behaviour }),
    stop: () => program.stop(),
  }
}
