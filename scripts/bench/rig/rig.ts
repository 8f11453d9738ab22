import type { LoadOrder, LoadResult } from './load'
import type { NameService } from './name-service'
import { startProgram } from './program'
import { startResolver } from './resolver'
import { startSettableNames } from './settable-names'
import type { SinkCounts } from './sink'

/** What every Haraka of a bench stands on: names, a next hop, and clients. */
export interface Rig<Names extends NameService = NameService> {
  readonly names: Names
  readonly sinkPort: number
  /** What the next hop has taken so far. */
  taken(): Promise<SinkCounts>
  load(order: LoadOrder): Promise<LoadResult>
  stop(): Promise<void>
}

/** Identities from 0 that have names; a bench takes no more than these. */
const CLIENTS = 60_000

export async function startRig(): Promise<Rig> {
  return createRig((await startResolver(CLIENTS)) ?? (await startSettableNames()))
}

export async function createRig<Names extends NameService>(names: Names): Promise<Rig<Names>> {
  const sink = await startProgram('sink', 'listen')
  const clients = await startProgram('load', 'ready')
  return {
    names,
    sinkPort: sink.ready as number,
    taken: () => sink.program.ask('counts'),
    load: (order) => clients.program.ask(order),
    async stop() {
      await clients.program.stop()
      await sink.program.stop()
      await names.stop()
    },
  }
}
