/**
 * A real gateway under load for a while: good and bad mail at 80 % of what this machine can take, something breaking
 * each minute, and in the end every message accounted for.
 *
 *   npm run soak [-- --minutes N] [--seed N] [--rate N]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createMailLedger, type MailLedger } from '../../test/support/mail-ledger'
import { createRandom } from '../../test/support/random'
import { number, printTable } from '../bench/rig/report'
import type { Random } from '../fuzz/mutate'
import { accountOf, isFine, printAccount } from './account'
import { faultDrawer } from './faults'
import { watchMemory, type MemoryWatch } from './memory'
import { logFile, startRig, type Rig } from './rig'
import { createTraffic, type Traffic } from './traffic'

const MINUTE_MS = 60_000
const PROGRESS_MS = 5000
const WARM_UP = { sessions: 4, ms: 10_000 }
const CALIBRATION = { sessions: 24, ms: 20_000 }
/** A minute has a fault for a third of it, and the rest to get well. */
const FAULT_MS = 20_000
/** No sender gives up sooner (RFC 5321 section 4.5.4.1: days). */
const FINISH_MS = 5 * MINUTE_MS

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Messages a second; default: 80 % of what a short calibration finds. */
    rate: { type: 'string' },
  },
})

interface Soak {
  readonly rig: Rig
  readonly ledger: MailLedger
  readonly traffic: Traffic
  readonly memory: MemoryWatch
  /** What is broken now. */
  broken: string
}

async function main(): Promise<void> {
  const random = createRandom(Number(values.seed))
  const rig = await startRig()
  try {
    const ledger = createMailLedger({ port: () => rig.port, patienceMs: 30_000 })
    const traffic = createTraffic(ledger, rig.port, createRandom(random() * 2 ** 32))
    const soak: Soak = { rig, ledger, traffic, memory: watchMemory(), broken: '' }
    const clearing = setInterval(rig.mailbox.empty, 1000)
    const rate = Number(values.rate ?? 0.8 * (await calibrate(traffic)))
    console.log(`seed ${values.seed}, ${values.minutes} minutes, ${number(rate)} messages a second`)
    traffic.send(rate)
    const watching = watch(soak)
    await breakThings(soak, random, Number(values.minutes))
    clearInterval(watching)
    await finish(soak)
    clearInterval(clearing)
    rig.mailbox.empty()
    const account = accountOf(rig, ledger, traffic)
    printAccount(account)
    printMemory(soak.memory)
    if (!isFine(account)) process.exitCode = 1
  } finally {
    await rig.stop()
  }
}

async function calibrate(traffic: Traffic): Promise<number> {
  // Until all workers are there and have compiled what they run.
  await traffic.measure(WARM_UP.sessions, WARM_UP.ms)
  const perSecond = await traffic.measure(CALIBRATION.sessions, CALIBRATION.ms)
  console.log(`this machine takes ${number(perSecond)} messages a second`)
  return perSecond
}

async function breakThings(soak: Soak, random: Random, minutes: number): Promise<void> {
  const began = performance.now()
  const draw = faultDrawer(random, soak.rig)
  for (let minute = 0; minute < minutes; minute += 1) {
    const fault = draw()
    await sleep((MINUTE_MS - FAULT_MS) / 2)
    soak.broken = fault.name
    console.log(`minute ${minute + 1}: ${fault.name}`)
    await fault.happen(FAULT_MS).catch((error: unknown) => {
      console.log(`  it could not be done: ${(error as Error).message}`)
    })
    soak.broken = ''
    await sleep(began + (minute + 1) * MINUTE_MS - performance.now())
  }
}

function watch(soak: Soak): NodeJS.Timeout {
  const { rig, ledger, traffic, memory } = soak
  const began = performance.now()
  return setInterval(() => {
    const master = rig.service.master()
    if (master !== undefined) memory.note('master', [master])
    memory.note('worker', rig.service.workers())
    const seconds = Math.round((performance.now() - began) / 1000)
    console.log(
      `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}` +
        `  attempts ${ledger.sent.length}, to be tried again ${traffic.deferred()}, in flight ${traffic.inFlight()}` +
        `, queued ${rig.queued()}, good mail refused ${traffic.wronglyRefused.length}${soak.broken && `  (${soak.broken})`}`,
    )
  }, PROGRESS_MS)
}

/** Everything is whole again: what was deferred must be taken, and what was queued delivered. */
async function finish({ rig, traffic }: Soak): Promise<void> {
  console.log('no new mail; what was deferred is tried again')
  await traffic.finish(FINISH_MS)
  const end = performance.now() + FINISH_MS
  while (rig.queued() > 0 && performance.now() < end) await sleep(500)
}

function printMemory(memory: MemoryWatch): void {
  console.log('\n== memory of processes that lived for 3 minutes, MB (the first minute left out)')
  printTable([
    ['process', 'minutes', 'first', 'last', 'a minute'],
    ...memory
      .report(3)
      .map(({ pid, role, minutes, firstMb, lastMb, mbPerMinute }) => [
        `${role} ${pid}`,
        ...[minutes, firstMb, lastMb, mbPerMinute].map(number),
      ]),
  ])
}

main().catch((error: unknown) => {
  console.error(error)
  console.error(`the gateway's log: ${logFile}`)
  process.exitCode = 1
})
