/**
 * What each part of the gateway adds to a bare Haraka, in CPU a message: with nothing on, with one part on, with all.
 * With another build beside it, what a change has brought.
 *
 *   npm run bench -- parts [--kind plain|newsletter|attachment] [--rounds N] [--other DIST] [--only NAME,...]
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPeer, type RunningPeer } from './rig/haraka'
import type { MessageKind } from './rig/messages'
import { bare, everyCheck, gateway, type Peer } from './rig/peers'
import { inTurn, number, printTable } from './rig/report'
import { startRig } from './rig/rig'
import { createMeasuring } from './rig/rounds'
import { median } from './rig/statistics'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'plain' },
    rounds: { type: 'string', default: '7' },
    messages: { type: 'string', default: '300' },
    other: { type: 'string' },
    only: { type: 'string' },
  },
})

const none = { custom: [] }
const off = {
  ip_blocklists: none,
  domain_blocklists: none,
  uri_blocklists: none,
  mark_from: { enabled: false },
  journal: { enabled: false },
}
const { ip_blocklists, domain_blocklists, uri_blocklists } = everyCheck

function peers(): readonly Peer[] {
  const all = [
    bare,
    gateway('nothing', off),
    gateway('IP lists', { ...off, ip_blocklists }),
    gateway('name lists', { ...off, domain_blocklists, uri_blocklists }),
    gateway('mark-from', { ...off, mark_from: everyCheck.mark_from }),
    gateway('journal', { ...off, journal: everyCheck.journal }),
    gateway('all'),
  ]
  const only = values.only?.split(',')
  return [
    ...all.filter(({ name }) => name === bare.name || !only || only.includes(name)),
    ...(values.other === undefined ? [] : [gateway('all, other build', {}, resolve(values.other))]),
  ]
}

async function main(): Promise<void> {
  const rig = await startRig()
  const measure = createMeasuring(rig)
  const running: RunningPeer[] = []
  const cpu: Record<string, number[]> = {}
  try {
    for (const peer of peers())
      running.push(await startPeer(peer, { nameServer: rig.names.address, sinkPort: rig.sinkPort }))
    for (let round = -2; round < Number(values.rounds); round++) {
      for (const peer of inTurn(running, round)) {
        const { cpuMs } = await measure(peer, {
          message: { kind: values.kind as MessageKind },
          messages: Number(values.messages),
          names: 'known',
        })
        if (round >= 0) (cpu[peer.name] ??= []).push(cpuMs)
      }
    }
  } finally {
    for (const peer of running) await peer.stop()
    await rig.stop()
  }
  print(cpu)
}

function print(cpu: Record<string, number[]>): void {
  const base = cpu[bare.name] ?? []
  const best = Math.min(...base)
  printTable([
    ['', 'CPU ms', 'to bare', 'least ms', 'to bare'],
    ...Object.entries(cpu).map(([name, ms]) => [
      name,
      number(median(ms)),
      number(median(ms.map((one, round) => one / (base[round] ?? Number.NaN)))),
      number(Math.min(...ms)),
      number(Math.min(...ms) / best),
    ]),
  ])
}

void main()
