/**
 * What each part of the gateway adds to a bare Haraka, in CPU a message: with nothing on, with one part on, with all.
 * With another build beside it, what a change has brought. The peers get a few messages each in turn.
 *
 *   npm run bench -- parts [--kind plain|newsletter|attachment] [--messages N] [--other DIST] [--only NAME,...]
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPeer } from './rig/haraka'
import type { MessageKind } from './rig/messages'
import { bare, everyCheck, gateway, type Peer } from './rig/peers'
import { printTable } from './rig/report'
import { startRig } from './rig/rig'
import { costRows, sendInTurns, summariseCosts, type Turn } from './rig/turns'

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

async function main(): Promise<void> {
  const rig = await startRig()
  const turns: Turn[] = []
  try {
    for (const peer of peers()) {
      const running = await startPeer(peer, { nameServer: rig.names.address, sinkPort: rig.sinkPort })
      turns.push({ peer: running, names: 'known' })
    }
    const mail = { message: { kind: values.kind as MessageKind } }
    const costs = await sendInTurns(rig, turns, mail, Number(values.messages))
    // The first half warms up: V8 optimises, caches fill.
    const counted = costs.map((one) => ({ ...one, costs: one.costs.slice(one.costs.length / 2) }))
    printTable(costRows(summariseCosts(counted)))
  } finally {
    for (const { peer } of turns) await peer.stop()
    await rig.stop()
  }
}

void main()
