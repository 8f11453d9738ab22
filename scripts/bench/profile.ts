/**
 * Where the CPU of this gateway goes, by area and by function, in microseconds a message.
 *
 *   npm run bench -- profile [--kind plain|newsletter|attachment] [--peer gateway|bare] [--cold] [--messages N]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { summariseProfile, type Cost, type CpuProfile } from './rig/cpu-profile'
import { startPeer } from './rig/haraka'
import type { MessageKind } from './rig/messages'
import { bare, gateway } from './rig/peers'
import { number, printTable } from './rig/report'
import { startRig } from './rig/rig'
import { createMeasuring, type Lot } from './rig/rounds'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'newsletter' },
    peer: { type: 'string', default: 'gateway' },
    messages: { type: 'string', default: '600' },
    cold: { type: 'boolean', default: false },
    /** A file for a viewer such as Chrome's. */
    save: { type: 'string' },
  },
})

async function main(): Promise<void> {
  const messages = Number(values.messages)
  const rig = await startRig()
  const measure = createMeasuring(rig)
  const peer = await startPeer(values.peer === 'bare' ? bare : gateway('gateway'), {
    nameServer: rig.names.address,
    sinkPort: rig.sinkPort,
  })
  try {
    const lot: Lot = {
      message: { kind: values.kind as MessageKind },
      messages,
      names: values.cold ? 'fresh' : 'known',
    }
    await measure(peer, lot)
    await peer.probe('profile-start')
    const { cpuMs } = await measure(peer, lot)
    const profile = await peer.probe<CpuProfile>('profile-stop')
    if (values.save !== undefined) writeFileSync(values.save, JSON.stringify(profile))
    const { busyUs, areas, functions } = summariseProfile(profile)
    console.log(
      `${number(cpuMs)} ms of CPU a message, ${number(busyUs / 1000 / messages)} of them in the profile`,
    )
    print('area', areas, messages, 40)
    print('function', functions, messages, 60)
    print(
      'function, by what it calls too',
      functions.toSorted((a, b) => b.totalUs - a.totalUs),
      messages,
      60,
    )
  } finally {
    await peer.stop()
    await rig.stop()
  }
}

function print(title: string, costs: readonly Cost[], messages: number, rows: number): void {
  console.log()
  printTable([
    [title, 'self µs', 'total µs'],
    ...costs
      .slice(0, rows)
      .map(({ name, selfUs, totalUs }) => [name, number(selfUs / messages), number(totalUs / messages)]),
  ])
}

void main()
