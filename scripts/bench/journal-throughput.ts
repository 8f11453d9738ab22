/**
 * What the journal costs mail: CPU time of the process a message, its threads included. Two gateways, one with the
 * journal and one without, get the same mail in short turns, so that both meet the same noise; half-way they change
 * parts, so that what is peculiar to one process counts for both.
 * Needs postfix's smtp-source and smtp-sink and a built dist/.
 * npx ts-node scripts/bench/journal-throughput.ts [ROUNDS] [MESSAGES]
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port'
import { startGateway, type Gateway } from '../../test/support/gateway'

const rounds = Number(process.argv[2] ?? 24)
const messages = Number(process.argv[3] ?? 400)
const source = '/usr/sbin/smtp-source'
const TICK_US = 10_000

type State = 'on' | 'off'
interface Side {
  readonly gateway: Gateway
  readonly pid: number
}

/** Of a process and all its threads, in microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}

function processOf({ dir }: Gateway): number {
  const isOurs = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`start\0${dir}\0`)
    } catch {
      return false // it ended meanwhile
    }
  }
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isOurs(name))
  if (pid === undefined) throw new Error(`no process runs on ${dir}`)
  return Number(pid)
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

/** CPU microseconds a message. */
async function load({ gateway, pid }: Side, count: number): Promise<number> {
  const before = cpuOf(pid)
  await run(source, [
    ...['-s', '8', '-m', String(count), '-l', '2000'],
    ...['-f', 'anna@sender.example', '-t', 'bob@here.test', `127.0.0.1:${gateway.port}`],
  ])
  // The last batch is written half a second later.
  await new Promise((resolve) => setTimeout(resolve, 1200))
  return (cpuOf(pid) - before) / count
}

async function startSide(sinkPort: number, state: State): Promise<Side> {
  const connection = readFileSync(join(__dirname, '..', '..', 'config', 'connection.ini'), 'utf8')
  const gateway = await startGateway({
    settings: settingsOf(sinkPort, state),
    nodes: 0,
    // Without the load balancer of the tests, whose PROXY line smtp-source does not write.
    files: { 'connection.ini': connection.replace('hosts[] =', 'hosts[]=') },
  })
  return { gateway, pid: processOf(gateway) }
}

const settingsOf = (sinkPort: number, state: State): Record<string, unknown> => ({
  next_hops: { 'here.test': { host: '127.0.0.1', port: sinkPort, tls: 'off' } },
  journal: { enabled: state === 'on' },
})

async function main(): Promise<void> {
  const sinkPort = await freePort()
  const sink = spawn(
    '/usr/sbin/smtp-sink',
    [...(process.getuid?.() === 0 ? ['-u', 'postfix'] : []), `127.0.0.1:${sinkPort}`, '100'],
    { stdio: 'ignore' },
  )
  const sides = [await startSide(sinkPort, 'on'), await startSide(sinkPort, 'off')]
  try {
    const pairs: Record<State, number>[] = []
    let states: readonly State[] = ['on', 'off']
    for (const side of sides) await load(side, messages * 4)
    for (let round = 0; round < rounds; round++) {
      if (round === rounds >> 1) {
        states = ['off', 'on']
        for (const [at, { gateway }] of sides.entries()) {
          await gateway.changeSettings(settingsOf(sinkPort, states[at] ?? 'on'))
        }
      }
      const pair = { on: 0, off: 0 }
      for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const side = sides[at]
        const state = states[at]
        if (side && state) pair[state] = await load(side, messages)
      }
      pairs.push(pair)
    }
    report(pairs)
  } finally {
    sink.kill()
    for (const { gateway } of sides) await gateway.stop()
  }
}

function report(pairs: readonly Record<State, number>[]): void {
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const half = pairs.length >> 1
  // One side is a little cheaper than the other by itself: the mean of both halves is not.
  const cost = [pairs.slice(0, half), pairs.slice(half)].map((part) =>
    median(part.map(({ on, off }) => on - off)),
  )
  const off = median(pairs.map((pair) => pair.off))
  console.log(
    `CPU a message without the journal: ${off.toFixed(0)} µs; the journal adds ${mean(cost).toFixed(0)} µs`,
  )
  console.log(
    `(${cost.map((us) => us.toFixed(0)).join(' and ')} µs in the two halves): ${((mean(cost) / off) * 100).toFixed(1)} %`,
  )
}

void main()
