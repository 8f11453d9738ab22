/**
 * How the cost of a message grows with its links, its recipients and the lists asked, and whether it stays the same
 * with the entries in lists and maps of the operator's own. In CPU beyond what a bare Haraka needs for the same mail.
 *
 *   npm run bench -- growth [--rounds N] [--out FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPeer, type RunningPeer } from './rig/haraka'
import { bare, gateway, type Peer } from './rig/peers'
import { benchOptions, number, printTable, writeReport } from './rig/report'
import { startRig, type Rig } from './rig/rig'
import { sendInTurns, summariseCosts, type Mail } from './rig/turns'
import { listedNames, nameZones } from './rig/zones'

interface Step {
  readonly of: string
  readonly count: number
  readonly mail: Mail
  readonly settings?: Readonly<Record<string, unknown>>
}

const newsletter: Mail = { message: { kind: 'newsletter' } }
const WARM_UP = 120
/** By round. */
const MESSAGES = 48

const ofLists = (zones: readonly string[]): Record<string, unknown> => ({
  domain_blocklists: { custom: [...zones] },
  uri_blocklists: { custom: [...zones] },
})

function localEntries(dir: string, count: number): Record<string, unknown> {
  const file = join(dir, `names-${count}.txt`)
  writeFileSync(file, `${listedNames(count).join('\n')}\n`)
  const senders = Object.fromEntries(listedNames(count / 10).map((name) => [`@${name}.example`, 1_000_000]))
  return { uri_blocklists: { custom: [{ file }] }, message_size: { limit: 26_214_400, senders } }
}

function steps(dir: string): readonly Step[] {
  return [
    ...[15, 60, 240].map((links) => ({
      of: 'links (to a third as many domains)',
      count: links,
      mail: { message: { kind: 'newsletter', links, domains: links / 3 } } as const,
    })),
    ...[1, 10, 50].map((recipients) => ({
      of: 'recipients',
      count: recipients,
      mail: { ...newsletter, recipients },
    })),
    ...[1, 2, 4].map((lists) => ({
      of: 'lists of names',
      count: lists,
      mail: newsletter,
      settings: ofLists(nameZones.slice(0, lists)),
    })),
    ...[100, 10_000, 100_000].map((count) => ({
      of: 'entries of a local list (and a tenth in a map)',
      count,
      mail: newsletter,
      settings: localEntries(dir, count),
    })),
  ]
}

async function main(): Promise<void> {
  const options = benchOptions('growth', 4)
  const dir = mkdtempSync(join(tmpdir(), 'bench-growth-'))
  const rig = await startRig()
  try {
    const results = []
    for (const step of steps(dir)) results.push(await measure(rig, step, options.rounds * MESSAGES))
    printTable([
      ['', 'count', 'bare ms', 'gateway ms', 'more than bare'],
      ...results.map(({ of, count, ...figures }) => [of, `${count}`, ...Object.values(figures).map(number)]),
    ])
    writeReport(options, { results })
  } finally {
    await rig.stop()
    rmSync(dir, { recursive: true })
  }
}

async function measure(rig: Rig, { of, count, mail, settings }: Step, messages: number) {
  console.log(`${of}: ${count}`)
  const running: RunningPeer[] = []
  try {
    const start = async (peer: Peer): Promise<void> => {
      running.push(await startPeer(peer, { nameServer: rig.names.address, sinkPort: rig.sinkPort }))
    }
    await start(bare)
    await start(gateway('gateway', settings))
    const turns = running.map((peer) => ({ peer, names: 'known' }) as const)
    await sendInTurns(rig, turns, mail, WARM_UP)
    const [without, with_] = summariseCosts(await sendInTurns(rig, turns, mail, messages))
    const [bareMs, gatewayMs] = [without?.medianMs ?? Number.NaN, with_?.medianMs ?? Number.NaN]
    return { of, count, bareMs, gatewayMs, moreMs: gatewayMs - bareMs }
  } finally {
    for (const peer of running) await peer.stop()
  }
}

void main()
