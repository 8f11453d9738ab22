import { parseArgs } from 'node:util'
import { createRandom } from '../../test/support/random'
import { openApi } from './api'
import { openDialogue } from './dialogue'
import { body, dns, from, lists, settings, type Attempt } from './engines'
import { openPipelining } from './pipelining'
import { openProxy } from './proxy'

/** No input of this size may take so long. */
const MAX_MS = { engine: 2000, gateway: 15_000 }
const engines: Readonly<Record<string, Attempt>> = { dns, body, from, settings, lists }
/** Those that need a real gateway. */
const gateways: Readonly<Record<string, () => Promise<{ attempt: Attempt; close: () => Promise<void> }>>> = {
  dialogue: openDialogue,
  pipelining: openPipelining,
  proxy: openProxy,
  api: openApi,
}
const names = [...Object.keys(engines), ...Object.keys(gateways)]

interface Budget {
  readonly seed: number
  readonly runs: number
  readonly seconds: number
}

/** Tries one input after another; each has a seed of its own, which repeats it alone. */
async function fuzz(
  name: string,
  attempt: Attempt,
  maxMs: number,
  { seed, runs, seconds }: Budget,
): Promise<boolean> {
  const end = performance.now() + seconds * 1000
  let slowestMs = 0
  for (let run = 0; run < runs && performance.now() < end; run += 1) {
    const began = performance.now()
    try {
      await attempt(createRandom(seed + run))
      const tookMs = performance.now() - began
      slowestMs = Math.max(slowestMs, tookMs)
      if (tookMs > maxMs) throw new Error(`took ${Math.round(tookMs)} ms`)
    } catch (error) {
      console.error(`${name}: FAILED; again: npm run fuzz -- ${name} --seed ${seed + run} --runs 1`)
      console.error(error)
      return false
    }
  }
  console.log(`${name}: fine (from seed ${seed}, slowest input ${Math.round(slowestMs)} ms)`)
  return true
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string' }, seconds: { type: 'string' }, runs: { type: 'string' } },
  })
  const budget: Budget = {
    seed: Number(values.seed ?? Date.now() % 1_000_000_000),
    runs: Number(values.runs ?? Infinity),
    seconds: Number(values.seconds ?? 20),
  }
  for (const name of positionals.length > 0 ? positionals : names) {
    const engine = engines[name]
    const target = engine ? undefined : await gateways[name]?.()
    const attempt = engine ?? target?.attempt
    if (!attempt) throw new Error(`no target ${name}; there are: ${names.join(', ')}`)
    const isFine = await fuzz(name, attempt, engine ? MAX_MS.engine : MAX_MS.gateway, budget)
    await target?.close()
    if (!isFine) process.exitCode = 1
  }
}

void main()
