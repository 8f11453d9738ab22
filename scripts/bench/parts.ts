/**
 * What each part of the gateway adds to a bare Haraka, in CPU a message: with nothing on, with one part on, with all.
 * With another build beside it, what a change has brought. The peers get one message each in turn, and the lower
 * quartile counts: on a machine that others use too nothing else can be compared.
 *
 *   npm run bench -- parts [--kind plain|newsletter|attachment] [--messages N] [--other DIST] [--only NAME,...]
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPeer, type RunningPeer } from './rig/haraka'
import type { MessageKind } from './rig/messages'
import { bare, everyCheck, gateway, type Peer } from './rig/peers'
import { inTurn, number, printTable } from './rig/report'
import { startRig, type Rig } from './rig/rig'
import { knownIdentities } from './rig/rounds'
import { quantile } from './rig/statistics'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'plain' },
    messages: { type: 'string', default: '1500' },
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

interface Cost {
  readonly mainMs: number
  readonly allMs: number
}

async function main(): Promise<void> {
  const rig = await startRig()
  const running: RunningPeer[] = []
  const costs = new Map<RunningPeer, Cost[]>()
  try {
    for (const peer of peers())
      running.push(await startPeer(peer, { nameServer: rig.names.address, sinkPort: rig.sinkPort }))
    for (const peer of running) costs.set(peer, [])
    for (let message = 0; message < Number(values.messages); message++) {
      for (const peer of inTurn(running, message)) costs.get(peer)?.push(await sendOne(rig, peer, message))
    }
  } finally {
    for (const peer of running) await peer.stop()
    await rig.stop()
  }
  print(costs)
}

async function sendOne(rig: Rig, peer: RunningPeer, from: number): Promise<Cost> {
  const before = { main: peer.mainThreadMs(), all: peer.processorMs() }
  const { accepted, failures } = await rig.load({
    port: peer.port,
    sessions: 1,
    messages: 1,
    from,
    message: { kind: values.kind as MessageKind },
    ...knownIdentities,
  })
  if (accepted !== 1) throw new Error(`${peer.name}: ${JSON.stringify(failures)}\n${peer.log().slice(-5000)}`)
  return { mainMs: peer.mainThreadMs() - before.main, allMs: peer.processorMs() - before.all }
}

/** The first half warms up: V8 optimises, caches fill. */
function print(costs: ReadonlyMap<RunningPeer, readonly Cost[]>): void {
  const counted = [...costs].map(([{ name }, all]) => ({ name, costs: all.slice(all.length / 2) }))
  const quartile = (of: readonly Cost[]): number => quantile(of.map(({ mainMs }) => mainMs), 0.25) // prettier-ignore
  const mean = (of: readonly Cost[]): number => of.reduce((sum, { allMs }) => sum + allMs, 0) / of.length
  const base = counted[0]?.costs ?? []
  printTable([
    ['CPU of a message, ms', 'main thread', 'to bare', 'all threads, mean', 'to bare'],
    ...counted.map((one) => [
      one.name,
      number(quartile(one.costs)),
      number(quartile(one.costs) / quartile(base)),
      number(mean(one.costs)),
      number(mean(one.costs) / mean(base)),
    ]),
  ])
}

void main()
